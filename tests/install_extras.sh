#!/bin/sh
# What the tests of real clients and stores need beyond Python.  Installs what can be installed here
# and says in one line what cannot: those tests are then skipped (with CI=true they fail).
# tests/support/real_parts.py finds what lies here.
set -eu

cache=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)/.cache
node=$cache/node

node_runs_cline() {
    PATH="$node/node_modules/.bin:$PATH" \
        node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null
}

# install FOLDER PACKAGE VERSION [MORE]: into a folder of its own, if that version is not there yet.
install() {
    if ! grep -qs "\"version\": \"$3\"" "$1/node_modules/$2/package.json"; then
        echo "Installing $2@$3 ..." >&2
        npm install --prefix "$1" --no-save --no-audit --no-fund --loglevel error \
            "$2@$3" ${4:+"$4"} >&2 ||
            echo "npm could not install $2@$3: the tests with it are skipped." >&2
    fi
}

if { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then
    :
elif command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "Installing chromium ..." >&2
    apt-get update -qq >&2 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
            chromium fonts-dejavu-core >/dev/null ||
        echo "chromium could not be installed: the tests that look at mitmweb are skipped." >&2
else
    echo "chromium is not installed: the tests that look at mitmweb are skipped." >&2
fi

# tinyproxy as a company's proxy, tmux for the console: programs of Debian's, no services of theirs.
for part in tinyproxy tmux; do
    if PATH="$PATH:/usr/sbin" command -v "$part" >/dev/null; then
        :
    elif command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
        package=$part
        [ "$part" = tinyproxy ] && package=tinyproxy-bin
        echo "Installing $package ..." >&2
        { DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$package" \
            >/dev/null 2>&1 ||
            { apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive \
                apt-get install -qq -y --no-install-recommends "$package" >/dev/null; }; } ||
            echo "$package could not be installed: the tests with $part are skipped." >&2
    else
        echo "$part is not installed: the tests with it are skipped." >&2
    fi
done

if ! command -v npm >/dev/null; then
    echo "npm is not installed: the tests with real clients of Node are skipped." >&2
    exit 0
fi

# The last Cline with the classic core that VS Code's extension 3.x has.  It needs Node 20.
own_node=
node_runs_cline || { own_node=node@22 && rm -rf "$node"; }
install "$node" cline 2.18.0 "$own_node"

# The Cline of today and opencode: programs of their own without Node.
platform=$(node -p 'process.platform + "-" + process.arch')
install "$cache/cline-3" "@cline/cli-$platform" 3.0.65
install "$cache/codex" @openai/codex "0.171.0-$platform"
install "$cache/opencode" "opencode-$platform" 1.18.33

# Claude Code, a program of its own too.
install "$cache/claude-code" "@anthropic-ai/claude-code-$platform" 2.1.332

# These run on the Node above, Qwen Code too, though it asks for 22.
install "$cache/continue" @continuedev/cli 1.5.47
install "$cache/ai-sdk" ai 6.0.326 @ai-sdk/openai@3.0.141
install "$cache/qwen-code" @qwen-code/qwen-code 0.24.4

# Gemini CLI, and Google's SDK for Node, which asks for 22 and runs on 20.
install "$cache/gemini-cli" @google/gemini-cli 0.61.0
install "$cache/google-genai" @google/genai 3.3.0

# What finds the panel's barriers: run in Chromium's page.
install "$cache/axe-core" axe-core 4.14.1
