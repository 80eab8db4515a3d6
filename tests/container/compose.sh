#!/bin/sh
# compose.yaml under podman-compose, after try.sh has built the image: as root on Debian,
#   apt-get install iptables iproute2 netavark && pip install podman-compose && sh tests/container/compose.sh
# In a network of its own, so that no port of this machine matters and none is left open.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
work=${TMPDIR:-/tmp}/gigagate-container
compose=${PODMAN_COMPOSE:-podman-compose}
export STORAGE_DRIVER=vfs CONTAINERS_CONF="$work/containers.conf"

saw() { printf 'seen: %s\n' "$*"; }
die() { printf 'NOT SO: %s\n' "$*" >&2; exit 1; }

for tool in podman "$compose" iptables ip unshare curl; do
    command -v "$tool" >/dev/null || die "$tool is not installed"
done
mkdir -p "$work"
printf "[network]\nnetwork_backend = \"netavark\"\n[engine]\ncgroup_manager = \"cgroupfs\"\n" >"$CONTAINERS_CONF"
podman image exists gigagate || die "there is no image: run try.sh first"

if [ "${IN_NAMESPACE-}" != yes ]; then
    IN_NAMESPACE=yes exec unshare -m -n sh "$0" "$@"
fi
mount --make-rprivate /
mount -t cgroup2 none /sys/fs/cgroup
ip link set lo up

# The emulator runs in the container itself, since "localhost" is there; so it needs no certificate.
project=$work/project
rm -rf "$project"
mkdir -p "$project"
cp -R "$root/compose.yaml" "$root/config" "$project"
cat >"$project/.env" <<END
GIGACHAT_AUTH_KEY=MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxOjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMg==
GIGACHAT_BASE_URL=http://localhost:9443/api/v1
GIGACHAT_AUTH_URL=http://localhost:9443/api/v2/oauth
GIGAGATE_CLIENT_KEYS=anna:key-of-anna-0123456789
END
podman tag gigagate localhost/gigagate_gigagate
cd "$project"
end() { "$compose" down -v >>"$work/compose.log" 2>&1 || true; }
trap end EXIT
"$compose" --podman-run-args="--cgroups=disabled --ulimit nofile=20000:20000 --ulimit nproc=4096:4096" \
    up -d --no-build >"$work/compose.log" 2>&1 || die "up: $(tail -n 3 "$work/compose.log")"
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    curl -sfm 2 http://localhost:4000/health >/dev/null && break
    sleep 1
done
curl -sfm 2 http://localhost:4000/health >/dev/null || {
    podman logs gigagate_gigagate_1
    die "the published port does not answer"
}
saw "the published port answers"
podman exec -d gigagate_gigagate_1 python -m gigagate emulator --no-tls --port 9443 >/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
    curl -sm 30 http://localhost:4000/v1/chat/completions -H 'Content-Type: application/json' \
        -H 'Authorization: Bearer key-of-anna-0123456789' \
        -d '{"model": "gigachat", "messages": [{"role": "user", "content": "Hi"}]}' >"$work/answer.log" 2>&1
    grep -q '"model":"GigaChat' "$work/answer.log" && break
    sleep 1
done
grep -q '"model":"GigaChat' "$work/answer.log" || die "no answer through it: $(cat "$work/answer.log")"
saw "a request is answered through the published port"
[ "$(curl -sm 5 -o "$work/answer.log" -w '%{http_code}' http://localhost:4000/v1/models)" = 401 ] ||
    die "who has no key is let in"
saw "who has no key is refused"
"$compose" stop -t 30 >>"$work/compose.log" 2>&1
[ "$(podman inspect gigagate_gigagate_1 --format '{{.State.ExitCode}}')" = 0 ] || die "stop does not end it with 0"
saw "stop ends it with 0"
