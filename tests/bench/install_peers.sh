#!/bin/sh
# Installs what the bench compares us with, each into an environment of its own, so that no peer
# bends the versions of another.  What cannot be installed is said and left out of the measurement.
# Usage: tests/bench/install_peers.sh [python]
set -u
cd "$(dirname "$0")/../.." || exit 1
python=${1:-python3}
peers=.cache/bench

install() { # folder requirement
    if [ -x "$peers/$1/bin/$1" ]; then
        echo "$1: already in $peers/$1"
    elif "$python" -m venv "$peers/$1" &&
        "$peers/$1/bin/python" -m pip install --quiet --disable-pip-version-check "$2"; then
        echo "$1: installed into $peers/$1"
    else
        rm -rf "${peers:?}/$1"
        echo "$1: skipped, pip could not install $2" >&2
    fi
}

mkdir -p "$peers"
install gpt2giga gpt2giga
install litellm 'litellm[proxy]'

if [ -x /usr/sbin/nginx ]; then
    echo "nginx: already in /usr/sbin"
elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light >/dev/null &&
        echo "nginx: installed" || echo "nginx: skipped, apt-get could not install it" >&2
else
    echo "nginx: skipped, install it with your package manager (needs root)" >&2
fi
