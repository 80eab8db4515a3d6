#!/bin/sh
# The tests of what we rely on inside mitmproxy, with the oldest release that requirements.txt allows.
#
#   tests/with_oldest_mitmproxy.sh [PYTEST OPTIONS]
#
# The environment is one of its own, .cache/oldest-mitmproxy, and is kept for the next time.
set -eu
cd "$(dirname -- "$0")/.."
venv=.cache/oldest-mitmproxy
oldest=$(sed -n 's/^mitmproxy>=\([0-9.]*\),.*/\1/p' requirements.txt)

if ! "$venv/bin/mitmdump" --version 2>/dev/null | grep -q "Mitmproxy: $oldest"; then
    .venv/bin/python -m venv --clear "$venv"
fi
"$venv/bin/python" -m pip install --quiet -r requirements.txt -r tests/requirements.txt \
    "mitmproxy==$oldest"
exec "$venv/bin/python" -m pytest -n 4 --dist loadfile "$@" tests/hooks tests/e2e/test_fail_closed.py \
    tests/e2e/test_fast_and_plain.py tests/e2e/test_odd_answers.py tests/e2e/test_packed_flows.py \
    tests/e2e/test_raw_http.py tests/e2e/test_replay.py
