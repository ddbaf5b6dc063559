#!/bin/sh
# make's set-up: "run" installs what the bot runs on, "demo" puts the sandbox beside it, "all"
# installs both with the development tools, "chromium" a browser and "postgresql" a database server for the
# tests. Packages come from the locks, by hash; the bot and the sandbox from their folders here, without dependencies.
set -eu

venv=${VENV:-.venv}
python=${PYTHON:-python3}
sandbox=${SANDBOX:-packages/telegram_sandbox}

say() { printf '%s\n' "$*" >&2; }

# Debian's packages by their names: as root, with sudo where it asks nothing, or told what to type.
install_packages() {
    purpose=$1
    shift
    advice="$purpose needs $*; install it (sudo apt-get install $*) and try again."
    command -v apt-get >/dev/null || { say "$advice"; exit 1; }
    if [ "$(id -u)" -eq 0 ]; then
        as_root=env
    elif sudo -n true 2>/dev/null; then
        as_root="sudo -n env"
    else
        say "$advice"
        exit 1
    fi
    say "$purpose needs $*; installing it."
    log=$(mktemp)
    if ! { $as_root apt-get update -qq && $as_root DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "$@"; } >"$log" 2>&1; then
        tail -n 3 "$log" >&2
        rm -f "$log"
        say "$advice"
        exit 1
    fi
    rm -f "$log"
}

make_venv() {
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
        say "Holdfast needs Python 3.11 or newer; $python is older or missing."
        exit 1
    }
    "$venv/bin/python" -c 'import pip' 2>/dev/null || {
        "$python" -c 'import ensurepip, venv' 2>/dev/null || install_packages "Holdfast" \
            "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
        "$python" -m venv --clear "$venv"
    }
    [ "$("$venv/bin/uv" --version 2>/dev/null | cut -d' ' -f2)" = "$UV_VERSION" ] ||
        "$venv/bin/pip" install --quiet --disable-pip-version-check "uv==$UV_VERSION"
}

uv_pip() {
    verb=$1
    shift
    "$venv/bin/uv" pip "$verb" --quiet --python "$venv/bin/python" "$@"
}

case $1 in
run)
    make_venv
    # Development tools that are there stay, at their versions.
    uv_pip install --require-hashes -r requirements-run.lock
    uv_pip install --no-deps --build-constraints requirements.lock -e .
    ;;
demo)
    uv_pip install --no-deps --build-constraints requirements.lock -e "$sandbox"
    ;;
all)
    make_venv
    uv_pip sync --require-hashes requirements.lock
    uv_pip install --no-deps --no-build-isolation -e . -e "$sandbox"
    ;;
chromium)
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
        command -v google-chrome >/dev/null || install_packages "Testing in a browser" chromium
    ;;
postgresql)
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null ||
        install_packages "Testing on PostgreSQL" postgresql
    ;;
*)
    say "usage: setup.sh run|demo|all|chromium|postgresql"
    exit 2
    ;;
esac
