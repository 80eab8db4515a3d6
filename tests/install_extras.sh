#!/bin/sh
# What the tests of real clients and stores need beyond Python.  Installs what can be installed here
# and says in one line what cannot: those tests are then skipped (with CI=true they fail).
# tests/support/real_parts.py finds what lies here.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
node=$root/.cache/node

# The last Cline with the classic core that VS Code's extension 3.x has.
cline=2.18.0

if grep -qs "\"version\": \"$cline\"" "$node/node_modules/cline/package.json"; then
    :
elif ! command -v npm >/dev/null; then
    echo "npm is not installed: the tests with the real Cline are skipped." >&2
else
    echo "Installing cline@$cline ..." >&2
    npm install --prefix "$node" --no-save --no-audit --no-fund --loglevel error "cline@$cline" >&2 ||
        echo "npm could not install cline@$cline: the tests with the real Cline are skipped." >&2
fi
