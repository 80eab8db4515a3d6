#!/bin/sh
# The one command.  The first call makes .venv and installs what is needed; later calls start at once.
#
#   ./run.sh [serve] [MITMPROXY OPTIONS]   the proxy on http://localhost:4000
#   ./run.sh --workers N                   the same as N processes, for many cores
#   ./run.sh web | console                 the same under mitmweb or mitmproxy
#   ./run.sh --emulator                    the same in front of a local GigaChat: no key, no internet
#   ./run.sh demo [--once]                 see it work: no key, no internet
#   ./run.sh examples [--list|N|all]       programs to learn from
#   ./run.sh emulator                      a local GigaChat
#   ./run.sh test [PYTEST OPTIONS]         the test suite
#   ./run.sh setup [--tests]               install, start nothing
#   ./run.sh help                          every verb
#
# For Linux, macOS and WSL; Windows has run.ps1.  GIGAGATE_PYTHON names the Python to use (3.12 to 3.14).
set -eu

say() { printf '%s\n' "$*" >&2; }
die() { say "run.sh: $*"; exit 1; }

script=$0
while [ -L "$script" ]; do
    target=$(readlink "$script")
    case $target in
        /*) script=$target ;;
        *) script=$(dirname -- "$script")/$target ;;
    esac
done
root=$(CDPATH='' cd -- "$(dirname -- "$script")" && pwd -P)
venv=$root/.venv

# --- A Python that really runs: a name on PATH may be a shim with nothing behind it ----------

# Not 3.15: one of mitmproxy's libraries has no ready-made package for it, and few can compile one.
python_can() {
    "$1" -c "import sys; sys.exit(not (3, 12) <= sys.version_info[:2] <= (3, 14)); $2" \
        </dev/null >/dev/null 2>&1
}

candidates() {
    for name in python3.14 python3.13 python3.12 python3 python; do
        command -v "$name" || true
    done
    for minor in 14 13 12; do
        printf '%s\n' "${PYENV_ROOT:-${HOME-}/.pyenv}/versions/3.$minor".*/bin/python3
    done
    for uv in uv "${HOME-}/.local/bin/uv"; do
        "$uv" python find --system '>=3.12,<3.15' 2>/dev/null || true
    done
}

first_that_can() {
    candidates | while IFS= read -r python; do
        if python_can "$python" "$1"; then
            printf '%s\n' "$python"
            break
        fi
    done
}

find_python() {
    if [ -n "${GIGAGATE_PYTHON-}" ]; then
        python_can "$GIGAGATE_PYTHON" 'import ensurepip' ||
            die "GIGAGATE_PYTHON=$GIGAGATE_PYTHON does not run, is not 3.12 to 3.14, or has no venv module."
        printf '%s\n' "$GIGAGATE_PYTHON"
        return
    fi
    python=$(first_that_can 'import ensurepip')
    [ -z "$python" ] || { printf '%s\n' "$python"; return; }

    bare=$(first_that_can 'pass')
    [ -z "$bare" ] || die "$bare has no venv module.  Debian and Ubuntu: sudo apt install python3-venv"
    other=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true)
    if [ -n "$other" ]; then
        say "run.sh: Python 3.12, 3.13 or 3.14 is needed, and this machine's own is $other."
    else
        say "run.sh: no Python 3.12, 3.13 or 3.14 was found (looked on PATH, in pyenv and in uv)."
    fi
    die "$(way_to_python)
A Python that is somewhere else: GIGAGATE_PYTHON=/path/to/python3 ./run.sh"
}

# What helps on this very machine: its own packages where they are new enough, else uv.
way_to_python() {
    sudo=
    ! command -v sudo >/dev/null || sudo='sudo '
    # shellcheck source=/dev/null
    system=$(. /etc/os-release 2>/dev/null && printf '%s-%s' "$ID" "${VERSION_ID-}") || system=$(uname)
    case $system-$other in
        debian-1[34]- | ubuntu-2[4-6]*-) way="${sudo}apt install python3 python3-venv" ;;
        fedora-*) way="${sudo}dnf install python3.13" ;;
        Darwin-*) way='brew install python@3.13' ;;
        *) way="$(way_to_uv) python install 3.13" ;;
    esac
    echo "This brings one; then start run.sh again:
  $way"
}

# The command that is uv; before it, what brings it where it is not there yet.
way_to_uv() {
    if command -v uv >/dev/null; then
        echo uv
    elif [ -x "${HOME-}/.local/bin/uv" ]; then
        # shellcheck disable=SC2088 # the shell of whoever reads it makes a path of it
        echo '~/.local/bin/uv'
    else
        get='curl -LsSf'
        if ! command -v curl >/dev/null; then
            if command -v wget >/dev/null; then
                get='wget -qO-'
            elif command -v apt >/dev/null; then # a bare Debian has neither
                get="${sudo}apt install curl && $get"
            fi
        fi
        echo "$get https://astral.sh/uv/install.sh | sh && ~/.local/bin/uv"
    fi
}

# --- .venv: $venv/installed/ keeps a copy of each requirements file that is installed --------

installed() {
    [ -x "$venv/bin/python" ] && [ ! -e "$venv/unfinished" ] &&
        cmp -s "$root/$1" "$venv/installed/$1"
}

child=
step() {
    "$@" </dev/null >&2 &
    child=$!
    wait "$child"
}

# The lock is a link to our process id, so that its making and its owner are one atomic step.
lock() {
    trap 'give_up 129' HUP
    trap 'give_up 130' INT
    trap 'give_up 143' TERM
    waited=0
    until ln -s "$$" "$venv.lock" 2>/dev/null; do
        owner=$(readlink "$venv.lock" || true)
        if [ -z "$owner" ]; then
            [ "$waited" -lt 3 ] || die "cannot make $venv.lock: is $root writable?"
        elif ! kill -0 "$owner" 2>/dev/null; then
            rm -f "$venv.lock"
            continue
        elif [ "$waited" = 0 ]; then
            say "Another run.sh is installing: waiting for it."
        fi
        waited=$((waited + 1))
        sleep 1
    done
    trap unlock EXIT
}
unlock() {
    rm -f "$venv.lock"
    trap - EXIT HUP INT TERM
}
give_up() {
    if [ -n "$child" ]; then
        pkill -P "$child" 2>/dev/null || true
        kill "$child" 2>/dev/null || true
    fi
    exit "$1"
}

# An environment made through the link in ~/.local/bin to uv's Python does not run; one made by the
# path behind it does.  Only then: Homebrew's link outlives an upgrade, and the path behind it does not.
own_path() {
    if "$1" -m venv --without-pip "$venv/try" && "$venv/try/bin/python" -c ''; then
        printf '%s\n' "$1"
    else
        "$1" -c 'import os, sys; print(os.path.realpath(sys.executable))'
    fi 2>/dev/null </dev/null
    rm -rf "$venv/try"
}

make_venv() {
    python=$(find_python) || exit 1
    say "First start: making .venv with $("$python" --version) ($python)."
    rm -rf "$venv"
    mkdir "$venv"
    : >"$venv/unfinished"
    python=$(own_path "$python")
    step "$python" -m venv "$venv" || die "$python could not make $venv: its words are above."
}

install() {
    ! installed "$1" || return 0
    lock
    if ! installed "$1"; then
        [ ! -e "$venv/unfinished" ] || rm -rf "$venv" # an installation was interrupted
        python_can "$venv/bin/python" 'import pip' || make_venv
        say "Installing $1 ..."
        : >"$venv/unfinished"
        status=0
        quiet=-qq
        [ ! -t 2 ] || quiet=-q
        # A person sees what is downloaded; -q leaves out what was there already.
        step "$venv/bin/python" -m pip install $quiet --disable-pip-version-check \
            --requirement "$root/$1" || status=$?
        rm -f "$venv/unfinished"
        [ "$status" = 0 ] || die "pip could not install $1: its words are above.  The next call tries again."
        mkdir -p "$(dirname -- "$venv/installed/$1")"
        cp "$root/$1" "$venv/installed/$1"
        say "Installed."
    fi
    unlock
}

install_for_tests() {
    install tests/requirements.txt
    sh "$root/tests/install_extras.sh"
}

# --- Verbs -----------------------------------------------------------------------------------

case ${1-} in
    -h | --help) set -- help ;;
    -V | --version) set -- version ;;
esac
case ${1-} in
    '' | -*) verb=serve ;;
    *)
        verb=$1
        shift
        ;;
esac

export PYTHONPATH="$root/addons"
case $verb in
    help | version) # before anything is installed too
        if ! installed requirements.txt; then
            python=$(first_that_can pass)
            [ -z "$python" ] || exec "$python" -m gigagate "$verb"
            [ "$verb" = help ] || { sed -n 's/^__version__ = "\(.*\)"/GigaGate \1 (not installed yet)/p' \
                "$root/addons/gigagate/__init__.py"; exit 0; }
            sed -n '2,/^set/ s/^# \{0,1\}//p' "$script" # no Python yet: the head of this file
            exit 0
        fi
        ;;
esac

install requirements.txt
unset GIGAGATE_PYTHON

case $verb in
    setup)
        case ${1-} in
            '') ;;
            --tests) install_for_tests ;;
            *) die "setup takes --tests, not $1." ;;
        esac
        ;;
    test)
        install_for_tests
        cd "$root"
        # Most of the time the tests wait for processes that they have started.
        [ $# -gt 0 ] || set -- -n 4 --dist loadfile -rs
        exec "$venv/bin/python" -m pytest "$@"
        ;;
    examples)
        install docs/examples/requirements.txt
        exec "$venv/bin/python" -m gigagate examples "$@"
        ;;
    *)
        exec "$venv/bin/python" -m gigagate "$verb" "$@"
        ;;
esac
