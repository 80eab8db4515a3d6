#!/bin/sh
# The unit of config/gigagate.service under a real systemd, booted in a container: as root on Debian,
#   apt-get install debootstrap systemd-container && sh tests/container/systemd.sh
# It says what it saw, a line each, and ends with 1 at the first thing that is not so.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
work=${TMPDIR:-/tmp}/gigagate-systemd
machine=$work/machine

saw() { printf 'seen: %s\n' "$*"; }
die() { printf 'NOT SO: %s\n' "$*" >&2; exit 1; }

for tool in debootstrap systemd-nspawn unshare nsenter; do
    command -v "$tool" >/dev/null || die "$tool is not installed"
done

# systemd wants the unified layout of cgroups; a mount namespace of our own has it, whatever the host's.
if [ "${IN_NAMESPACE-}" != yes ]; then
    IN_NAMESPACE=yes exec unshare -m sh "$0" "$@"
fi
mount --make-rprivate /
umount -R /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 none /sys/fs/cgroup

umask 022 # the service's user reads what lies there
if [ ! -e "$work/made" ]; then
    mkdir -p "$work"
    mirror=$(sed -n 's/^URIs: *//p; s/^deb \(http[^ ]*\) .*/\1/p' \
        /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
    debootstrap --variant=minbase \
        --include=ca-certificates,python3,python3-venv,systemd,systemd-sysv,dbus,curl \
        trixie "$machine" "$mirror" >"$work/debootstrap.log" 2>&1 || die "debootstrap: $work/debootstrap.log"
    touch "$work/made"
fi
rm -rf "$machine/opt/gigagate"
mkdir -p "$machine/opt/gigagate"
cp -R "$root/run.sh" "$root/requirements.txt" "$root/addons" "$root/config" "$machine/opt/gigagate"
for way in /etc/pip.conf /etc/ssl/certs/ca-certificates.crt /etc/resolv.conf; do # of this machine to its index
    [ ! -e "$way" ] || cp -L "$way" "$machine$way"
done
chroot "$machine" /opt/gigagate/run.sh setup >"$work/setup.log" 2>&1 || die "setup: $work/setup.log"
cp "$root/config/gigagate.service" "$machine/etc/systemd/system/"
(umask 077 && cat >"$machine/etc/gigagate.env") <<'END'
GIGACHAT_AUTH_KEY=MDAwMDAwMDAtMDAwMC00MDAwLTgwMDAtMDAwMDAwMDAwMDAxOjAwMDAwMDAwLTAwMDAtNDAwMC04MDAwLTAwMDAwMDAwMDAwMg==
GIGACHAT_BASE_URL=http://localhost:9443/api/v1
GIGACHAT_AUTH_URL=http://localhost:9443/api/v2/oauth
END
saw "installed as docs/operations.md says"

systemd-nspawn --register=no --keep-unit --private-network --console=read-only \
    --directory="$machine" --boot >"$work/boot.log" 2>&1 &
nspawn=$!
trap 'kill $nspawn 2>/dev/null; wait $nspawn 2>/dev/null || true' EXIT
inside() { nsenter --target "$(pgrep -P $nspawn | head -n 1)" -m -p -n -u -i -C -r "$@"; }
within() { # seconds, then what must come true
    left=$1
    shift
    until "$@" >"$work/last.log" 2>&1; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || return 1
        sleep 1
    done
}
service() { inside /opt/gigagate/config/as-service.sh "$@" </dev/null; }
shown() { inside systemctl show gigagate --value --property="$1"; }
logged() { inside sh -c "journalctl --no-pager -u gigagate | grep -q '$1'"; }

within 60 inside systemctl is-active dbus || die "systemd does not boot: $work/boot.log"
inside systemd-run -q --setenv=PYTHONPATH=/opt/gigagate/addons \
    /opt/gigagate/.venv/bin/python -m gigagate emulator --no-tls --port 9443
inside systemctl -q enable --now gigagate
within 20 logged 'accepts the key' || die "its log does not say that it runs"
saw "it starts, and the journal has its lines as they come"
inside curl -sfm 30 http://localhost:4000/v1/chat/completions -H 'Content-Type: application/json' \
    -d '{"model": "gigachat", "messages": [{"role": "user", "content": "Hi"}]}' >"$work/last.log" ||
    die "no answer of GigaChat's"
saw "a request is answered through it"
service status >"$work/last.log" 2>&1 || die "status: $(cat "$work/last.log")"
service clients add anna >"$work/last.log" 2>&1 || die "clients: $(cat "$work/last.log")"
saw "as-service.sh asks it how it is doing, and adds a client"
inside systemctl reload gigagate || die "it does not reload"
within 10 logged 'New settings are in use' || die "it does not read its settings again"
saw "reload reads the settings again"
inside kill -9 "$(shown MainPID)" 2>/dev/null || inside sh -c "kill -9 $(shown MainPID)"
within 20 inside curl -sfm 2 http://localhost:4000/health || die "it is not started again"
saw "killed, it is started again"
inside systemctl stop gigagate
[ "$(shown Result)-$(shown ExecMainStatus)" = success-0 ] || die "stop does not end it with 0"
saw "stop ends it with 0"
inside sed -i 's/^GIGACHAT_AUTH_KEY=.*/GIGACHAT_AUTH_KEY=no key/' /etc/gigagate.env
inside systemctl start gigagate || true
within 10 inside systemctl is-failed gigagate || die "wrong settings do not stop it"
[ "$(shown NRestarts)-$(shown ExecMainStatus)" = 0-2 ] || die "wrong settings start it over and over"
saw "wrong settings end it once, with 2"
