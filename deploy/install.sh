#!/bin/sh
# Installs portkey-mcp from a release, after checking its SHA-256:
#
#   curl -fsSL REPOSITORY/releases/latest/download/install.sh | sh
#   VERSION=0.1.0 PREFIX="$HOME/.local" sh install.sh
#
# PREFIX: the program goes to PREFIX/bin; otherwise /usr/local if you may write there, else ~/.local.
# VERSION: which release; otherwise the latest. DOWNLOADS: another address of the release's files, such as a mirror.
set -eu

# `cargo xtask dist` writes this line.
repository=https://github.com/OWNER/portkey-mcp

say() { printf 'portkey-mcp: %s\n' "$*" >&2; }
fail() {
    say "$*"
    exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

target() {
    case "$(uname -s)" in
        Linux) system=unknown-linux-gnu ;;
        Darwin) system=apple-darwin ;;
        *) fail "there is no program for $(uname -s); on Windows take the .zip of $repository/releases" ;;
    esac
    case "$(uname -m)" in
        x86_64 | amd64) printf 'x86_64-%s' "$system" ;;
        arm64 | aarch64) printf 'aarch64-%s' "$system" ;;
        *) fail "there is no program for $(uname -m); build it from the source: $repository" ;;
    esac
}

# download URL FILE: only over HTTPS, unless DOWNLOADS names an address itself.
download() {
    if has curl; then
        case "$1" in
            https:*) curl -fsSL --proto '=https' --proto-redir '=https' --retry 3 -o "$2" "$1" ;;
            *) curl -fsSL -o "$2" "$1" ;;
        esac
    elif has wget; then
        wget -q -O "$2" "$1"
    else
        fail "neither curl nor wget is installed"
    fi || fail "cannot download $1"
}

sha256() {
    if has sha256sum; then
        sha256sum "$1"
    elif has shasum; then
        shasum -a 256 "$1"
    else
        fail "neither sha256sum nor shasum is installed, so the download cannot be checked"
    fi | cut -d ' ' -f 1
}

# The folder that the program goes to.
prefix() {
    if [ -n "${PREFIX:-}" ]; then
        printf '%s' "$PREFIX"
    elif [ -w /usr/local/bin ]; then
        printf /usr/local
    else
        printf '%s' "${HOME:?}/.local"
    fi
}

main() {
    archive="portkey-mcp-$(target).tar.gz"
    if [ -n "${DOWNLOADS:-}" ]; then
        from="$DOWNLOADS"
    elif [ -n "${VERSION:-}" ]; then
        from="$repository/releases/download/v${VERSION#v}"
    else
        from="$repository/releases/latest/download"
    fi
    folder="$(mktemp -d)"
    trap 'rm -rf "$folder"' EXIT
    download "$from/SHA256SUMS" "$folder/SHA256SUMS"
    download "$from/$archive" "$folder/$archive"

    expected="$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$archive\$/\1/p" "$folder/SHA256SUMS")"
    [ -n "$expected" ] || fail "$from/SHA256SUMS does not list $archive; nothing was installed"
    found="$(sha256 "$folder/$archive")"
    [ "$expected" = "$found" ] || fail "$archive has the SHA-256 $found, not $expected; nothing was installed"

    tar -xzf "$folder/$archive" -C "$folder" portkey-mcp
    bin="$(prefix)/bin"
    mkdir -p "$bin"
    # By a rename, so that a program that runs is not overwritten.
    mv "$folder/portkey-mcp" "$bin/.portkey-mcp.new"
    chmod 755 "$bin/.portkey-mcp.new"
    mv -f "$bin/.portkey-mcp.new" "$bin/portkey-mcp"
    say "installed $("$bin/portkey-mcp" --version) as $bin/portkey-mcp"
    case ":$PATH:" in
        *":$bin:"*) ;;
        *) say "$bin is not in your PATH; add it there" ;;
    esac
}

# All at the end, so that half a script does nothing.
main
