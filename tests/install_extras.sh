#!/bin/sh
# What the tests of real clients and stores need beyond Python.  Installs what can be installed here
# and says in one line what cannot: those tests are then skipped (with CI=true they fail).
# tests/support/real_parts.py finds what lies here.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
node=$root/.cache/node

# The last Cline with the classic core that VS Code's extension 3.x has.  It needs Node 20.
cline=2.18.0

node_runs_cline() {
    PATH="$node/node_modules/.bin:$PATH" \
        node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null
}

if grep -qs "\"version\": \"$cline\"" "$node/node_modules/cline/package.json" && node_runs_cline; then
    :
elif ! command -v npm >/dev/null; then
    echo "npm is not installed: the tests with the real Cline are skipped." >&2
else
    echo "Installing cline@$cline ..." >&2
    own_node=
    node_runs_cline || own_node=node@22
    # shellcheck disable=SC2086 # nothing, if the machine's Node will do
    npm install --prefix "$node" --no-save --no-audit --no-fund --loglevel error \
        "cline@$cline" $own_node >&2 ||
        echo "npm could not install cline@$cline: the tests with the real Cline are skipped." >&2
fi
