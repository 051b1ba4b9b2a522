#!/bin/bash
# Stands in for the programs that the documentation calls: it runs the tested program as they would, and ends it once it
# serves. Its own name says which of them it is; PROGRAM is the tested program and ROOT the repository.
set -eu

# Runs the tested program. Servers go to any free port.
portkey_mcp() {
    local kind=once arguments=() word
    [ "${MCP_TRANSPORT:-}" = http ] && kind=server
    for word in "$@"; do
        case "$word" in
            http | sandbox) kind=server ;;
            serve) kind=once ;;
            call | tools | describe | config | token | audit) kind=once && break ;;
        esac
    done
    # A script that asks for any free port ends the server itself.
    case " $* " in *" --port 0 "*) exec "$PROGRAM" "$@" ;; esac
    # What a pipe brings is read; where nothing does, the caller has closed the input.
    [ "$kind" = once ] && exec "$PROGRAM" "$@"
    for word in "$@"; do
        case "$word" in 8787) arguments+=(0) ;; *) arguments+=("$word") ;; esac
    done
    local said server
    said="$(mktemp)"
    MCP_PORT=0 "$PROGRAM" "${arguments[@]}" < /dev/null > "$said" 2>&1 &
    server=$!
    until grep -qE 'serving MCP on|PORTKEY_WORKSPACE_API_KEY=' "$said"; do
        kill -0 "$server" 2> /dev/null || { cat "$said" >&2; wait "$server"; }
        sleep 0.05
    done
    cat "$said"
    kill "$server"
    wait "$server" || true
}

# claude mcp add NAME [--env NAME=VALUE] -- COMMAND
claude() {
    while [ "$1" != -- ]; do
        if [ "$1" = --env ]; then
            export "${2?}"
        fi
        shift
    done
    shift
    exec "$@" < /dev/null
}

# docker build, docker compose, and docker run [OPTIONS] portkey-mcp ARGUMENTS, with the variables and the empty root of
# the image.
docker() {
    case "$1" in
        build) exec test -f "$ROOT/Dockerfile" ;;
        compose) exec test -f "$ROOT/compose.yaml" ;;
    esac
    shift
    local variables=()
    while [ "$1" != portkey-mcp ]; do
        case "$1" in
            -e) case "$2" in *=*) variables+=("$2") ;; *) variables+=("$2=${!2}") ;; esac && shift ;;
            -p | -v) shift ;;
        esac
        shift
    done
    shift
    local image
    image="$(sed -n '/^ENV /,/[^\\]$/p' "$ROOT/Dockerfile" | grep -oE '(MCP|PORTKEY)_[A-Z_]+=[^ \\]+')"
    # shellcheck disable=SC2086
    exec env -i PATH="$PATH" PROGRAM="$PROGRAM" ROOT="$ROOT" HOME=/dev/null XDG_DATA_HOME=/dev/null $image \
        "${variables[@]}" portkey-mcp "$@"
}

# kubectl create secret generic NAME --from-file=FILE
kubectl() {
    local word
    for word in "$@"; do
        case "$word" in --from-file=*) test -s "${word#*=}" ;; esac
    done
}

# helm install NAME CHART
helm() {
    test -f "$ROOT/$3/Chart.yaml"
}

# cargo run -- ARGUMENTS; of a chore, which may take minutes or run this test, only that there is one.
cargo() {
    if [ "$1" = xtask ]; then
        exec grep -q "\[\"$2\"\]" "$ROOT/xtask/src/main.rs"
    fi
    while [ "$1" != -- ]; do shift; done
    shift
    exec portkey-mcp "$@" < /dev/null
}

case "$(basename "$0")" in
    portkey-mcp) portkey_mcp "$@" ;;
    *) "$(basename "$0")" "$@" ;;
esac
