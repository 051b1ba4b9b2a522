# syntax=docker/dockerfile:1

# An image with one static binary and the system's certificates, and nothing else:
#
#   docker build -t portkey-mcp .
#   docker run -e PORTKEY_API_KEY=… -p 3000:3000 portkey-mcp

FROM rust:1.95-slim-bookworm AS build
WORKDIR /source
COPY . .
# The binary is linked statically with glibc, not with musl, because glibc allocates faster under load. Since glibc
# 2.34, name resolution needs no files of the image. With an explicit target the flags do not apply to build scripts and
# macros. Packed relocations save a megabyte.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    target="$(rustc --print host-tuple)" \
    && RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs" \
       cargo build --profile dist --locked --target "$target" \
    && cp "target/$target/dist/portkey-mcp" /portkey-mcp

FROM scratch
LABEL org.opencontainers.image.title="portkey-mcp" \
      org.opencontainers.image.licenses="MIT"
# `cargo xtask dist` writes these. The first is how the registry of MCP servers knows that the image is ours.
LABEL io.modelcontextprotocol.server.name="io.github.OWNER/portkey-mcp"
LABEL org.opencontainers.image.description="MCP server and command line for the Portkey Admin API"
LABEL org.opencontainers.image.source="https://github.com/OWNER/portkey-mcp"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /portkey-mcp /portkey-mcp
# The server writes no files, so the root file system can be read-only. Therefore new secrets are masked.
# hadolint ignore=DL3064
ENV MCP_TRANSPORT=http \
    MCP_BIND=0.0.0.0 \
    MCP_PORT=3000 \
    PORTKEY_SECRETS=mask
# A number, so that Kubernetes can check that it is not root.
USER 65532:65532
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=4s --start-period=5s CMD ["/portkey-mcp", "health"]
ENTRYPOINT ["/portkey-mcp"]
