# syntax=docker/dockerfile:1

# One static binary and the system's certificates, nothing else:
#
#   docker build -t portkey-mcp .
#   docker run -e PORTKEY_API_KEY=… -p 3000:3000 portkey-mcp

FROM rust:1.95-slim-bookworm AS build
WORKDIR /source
COPY . .
# Static by target feature, not by another libc: allocation stays fast under load, and name resolution needs no files of
# the image since glibc 2.34. Naming the target keeps the flags away from build scripts and macros. Packed relocations save a
# megabyte.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    target="$(rustc --print host-tuple)" \
    && RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs" \
       cargo build --release --locked --target "$target" \
    && cp "target/$target/release/portkey-mcp" /portkey-mcp

FROM scratch
LABEL org.opencontainers.image.title="portkey-mcp" \
      org.opencontainers.image.description="MCP server for the Portkey Admin API" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /portkey-mcp /portkey-mcp
# Nothing is written, so the root file system can be read-only: new secrets are masked unless told otherwise.
# hadolint ignore=DL3064
ENV MCP_TRANSPORT=http \
    MCP_BIND=0.0.0.0 \
    MCP_PORT=3000 \
    PORTKEY_SECRETS=mask
# By number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=4s --start-period=5s CMD ["/portkey-mcp", "health"]
ENTRYPOINT ["/portkey-mcp"]
