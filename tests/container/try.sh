#!/bin/sh
# The container image, built and run for real, where podman and buildah are: as root on Debian,
#   apt-get install buildah podman crun debootstrap netavark && sh tests/container/try.sh
# Nothing is pulled: the base image is made by debootstrap under the name the Dockerfile asks for.
# It says what it saw, a line each, and ends with 1 at the first thing that is not so.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
work=${TMPDIR:-/tmp}/gigagate-container
base=docker.io/library/python:3.13-slim
python=${GIGAGATE_PYTHON:-$root/.venv/bin/python}
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot

saw() { printf 'seen: %s\n' "$*"; }
die() { printf 'NOT SO: %s\n' "$*" >&2; exit 1; }

for tool in buildah podman debootstrap unshare; do
    command -v "$tool" >/dev/null || die "$tool is not installed"
done

# crun wants the unified layout of cgroups; a mount namespace of our own has it, whatever the host's.
if [ "${IN_NAMESPACE-}" != yes ]; then
    IN_NAMESPACE=yes exec unshare -m sh "$0" "$@"
fi
mount --make-rprivate /
mount -t cgroup2 none /sys/fs/cgroup

if ! podman image exists "$base"; then
    mkdir -p "$work"
    mirror=$(sed -n 's/^URIs: *//p; s/^deb \(http[^ ]*\) .*/\1/p' \
        /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
    debootstrap --variant=minbase --include=ca-certificates,python3,python3-pip,python3-venv \
        trixie "$work/base" "$mirror" >"$work/debootstrap.log" 2>&1 || die "debootstrap: $work/debootstrap.log"
    rm -f "$work"/base/usr/lib/python3*/EXTERNALLY-MANAGED # the real image has none
    ln -sf python3 "$work/base/usr/bin/python"
    tar -C "$work/base" -c . | podman import - "$base" >/dev/null
fi

# The ways of this machine to its package index, for the time of the build only.
set --
for way in /etc/pip.conf /etc/xdg/pip /etc/ssl/certs /opt; do
    [ ! -e "$way" ] || set -- "$@" -v "$way:$way:ro"
done
mkdir -p "$work"
buildah build --network host --format docker "$@" -t gigagate "$root" >"$work/build.log" 2>&1 ||
    die "the build: $work/build.log"
saw "the image is built"

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
PYTHONPATH=$root/addons "$python" -m gigagate emulator --port "$port" --state-dir "$work/emulator" \
    >"$work/emulator.log" 2>&1 &
emulator=$!
end() {
    podman rm -f gigagate-try >/dev/null 2>&1 || true
    podman volume rm gigagate-try >/dev/null 2>&1 || true
    kill "$emulator" 2>/dev/null || true
}
trap end EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do
    grep -q ^GIGACHAT_CA "$work/emulator.log" && break
    sleep 1
done
grep -E '^GIGACHAT_(AUTH|BASE|SCOPE)' "$work/emulator.log" >"$work/env"
echo "GIGACHAT_CA_BUNDLE_FILE=/ca.pem
GIGAGATE_CLIENT_KEYS=anna:key-of-anna-0123456789
GIGAGATE_ALLOWED_HOSTS=gigagate" >>"$work/env"

# What compose.yaml asks for; the rest is for machines that are containers themselves.
begin() {
    podman run -d --name gigagate-try --network host --health-interval=disable \
        --cgroups=disabled --ulimit nofile=20000:20000 --ulimit nproc=4096:4096 \
        --read-only --tmpfs /tmp --cap-drop all --security-opt no-new-privileges \
        -v gigagate-try:/state -v "$work/emulator/emulator-ca.pem:/ca.pem:ro" --env-file "$work/env" \
        gigagate >/dev/null 2>"$work/run.log" || die "the start: $(tail -n 1 "$work/run.log")"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        podman healthcheck run gigagate-try >"$work/health.log" 2>&1 && return
        sleep 1
    done
    podman logs gigagate-try
    die "its own health check does not pass"
}
inside() { podman exec gigagate-try "$@"; }

begin
saw "its own health check passes"
[ "$(inside id -u)" = 10001 ] || die "it does not run as user 10001"
inside sh -c 'touch /app/x' 2>/dev/null && die "the image can be written to"
inside sh -c 'touch /state/x && touch /tmp/x' || die "/state or /tmp cannot be written to"
saw "user 10001, a read-only file system, /state and /tmp to write to"
inside python -c "
import json, urllib.request
ask = urllib.request.Request('http://127.0.0.1:4000/v1/chat/completions', method='POST',
    data=json.dumps({'model': 'gigachat', 'messages': [{'role': 'user', 'content': 'Hi'}]}).encode(),
    headers={'Content-Type': 'application/json', 'Authorization': 'Bearer key-of-anna-0123456789'})
print(json.load(urllib.request.urlopen(ask, timeout=30))['model'])" >"$work/answer.log" 2>&1 || true
grep -q ^GigaChat "$work/answer.log" ||
    die "no answer of GigaChat's: $(tail -n 3 "$work/answer.log")"
saw "a request is answered through it"
podman stop -t 30 gigagate-try >/dev/null 2>&1
[ "$(podman inspect gigagate-try --format '{{.State.ExitCode}}')" = 0 ] || die "SIGTERM does not end it with 0"
saw "SIGTERM ends it with 0"
podman rm gigagate-try >/dev/null 2>&1
begin
inside test -e /state/x || die "the volume has forgotten /state/x"
saw "a new container finds the volume as it was left"
