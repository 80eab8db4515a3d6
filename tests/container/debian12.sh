#!/bin/sh
# README's first hour on a bare Debian 12, whose own Python is too old, as its new user: as root on Debian,
#   apt-get install debootstrap iproute2 && sh tests/container/debian12.sh
# uv fetches a Python there.  Where it cannot, PYTHON_FOLDER names one that is here: ~/.pyenv/versions/3.13.0
# It says what it saw, a line each, and ends with 1 at the first thing that is not so.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
work=${TMPDIR:-/tmp}/gigagate-debian12
machine=$work/machine
home=$machine/home/anna

saw() { printf 'seen: %s\n' "$*"; }
die() { printf 'NOT SO: %s\n' "$*" >&2; exit 1; }

for tool in debootstrap chroot unshare ip git; do
    command -v "$tool" >/dev/null || die "$tool is not installed"
done

# What is mounted is gone with this script.
if [ "${IN_NAMESPACE-}" != yes ]; then
    IN_NAMESPACE=yes exec unshare -m sh "$0" "$@"
fi
mount --make-rprivate /

umask 022
if [ ! -e "$work/made" ]; then
    mkdir -p "$work"
    mirror=$(sed -n 's/^URIs: *//p; s/^deb \(http[^ ]*\) .*/\1/p' \
        /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1)
    debootstrap --variant=minbase --include=ca-certificates \
        bookworm "$machine" "$mirror" >"$work/debootstrap.log" 2>&1 || die "debootstrap: $work/debootstrap.log"
    chroot "$machine" useradd -m -s /bin/bash anna
    touch "$work/made"
fi
for way in /etc/pip.conf /etc/xdg/pip /etc/ssl/certs/ca-certificates.crt /etc/resolv.conf; do # to its index
    [ ! -e "$way" ] || { mkdir -p "$machine${way%/*}" && cp -LR "$way" "$machine${way%/*}"; }
done
mount -t proc proc "$machine/proc"
mount --rbind /dev "$machine/dev"
for folder in /opt ${PYTHON_FOLDER:+"$PYTHON_FOLDER"}; do
    mkdir -p "$machine$folder"
    mount --bind "$folder" "$machine$folder"
    mount -o remount,bind,ro "$machine$folder"
done
echo '127.0.0.1 localhost' >"$machine/etc/hosts" # as every installer does
chmod o+x "$machine/root" # where the folder may lie
rm -rf "$home/gigagate" "$home/.local" "$home/.cache/pip"
chroot "$machine" apt-get -qq purge -y curl python3 >"$work/apt.log" 2>&1 || true
chroot "$machine" apt-get -qq autoremove --purge -y >"$work/apt.log" 2>&1 || true
git clone -q "$root" "$home/gigagate"
chown -R 1000:1000 "$home"

echo 'exec "$@"' >"$work/online.sh"
cat >"$work/offline.sh" <<'END'
exec unshare -n sh -c 'ip link set lo up && exec "$@"' sh "$@"
END
network=online
anna() { # a login of hers; what it says is in $work/last.log
    echo "export LANG=ru_RU.UTF-8 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt; cd gigagate; $1" |
        env -i TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin sh "$work/$network.sh" \
            chroot "$machine" su -l anna -c sh >"$work/last.log" 2>&1
}
must() { anna "$1" || die "$1: $(tail -n 5 "$work/last.log")"; }
said() { grep -qF -- "$1" "$work/last.log" || die "not said: $1 in $(cat "$work/last.log")"; }
answers() { # once the proxy is there
    echo "for _ in \$(seq 60); do curl -sfm 2 localhost:4000/health && break; sleep 1; done >/dev/null
curl -sfm 30 localhost:4000/v1/chat/completions -H 'Content-Type: application/json' \
    -d '{\"model\": \"gigachat\", \"messages\": [{\"role\": \"user\", \"content\": \"Привет!\"}]}'"
}

anna './run.sh demo' && die "it runs without a Python"
said 'apt install curl && curl -LsSf https://astral.sh/uv/install.sh'
saw "with nothing there: which Pythons do, and what brings one"
chroot "$machine" sh -c 'apt-get -qq update && DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install -y curl python3 python3-venv pipx locales' >"$work/apt.log" 2>&1 || die "apt: $work/apt.log"
echo 'ru_RU.UTF-8 UTF-8' >"$machine/etc/locale.gen"
chroot "$machine" locale-gen >"$work/apt.log" 2>&1
anna './run.sh demo' && die "it runs with Debian's own Python"
said "this machine's own is 3.11"
saw "with Debian's own Python: that it is too old, and what brings another"
must 'pipx install uv'
anna './run.sh demo' && die "it runs with Debian's own Python"
said '  uv python install 3.13'
saw "with uv there: the one command of it"
if [ -z "${PYTHON_FOLDER-}" ]; then
    must 'uv python install 3.13'
else
    must "mkdir -p ~/.local/share/uv/python
ln -s $PYTHON_FOLDER ~/.local/share/uv/python/cpython-3.13.0-linux-\$(uname -m)-gnu
ln -s ~/.local/share/uv/python/*/bin/python3.13 ~/.local/bin"
fi
must './run.sh setup && ./run.sh examples --list'
said '15  gemini'
saw "with a Python where uv puts it: run.sh installs what it needs"

network=offline
must './run.sh demo --once'
said '── 4. With a tool'
saw "demo, with no network at all"
must './run.sh examples all'
said 'the SDK calls weather('
saw "all examples, with no network at all"
must "./run.sh emulator --port 9443 >emulator.log & emulator=\$!
until grep -q ^GIGACHAT_CA emulator.log; do sleep 1; done
grep ^GIGACHAT_ emulator.log >.env; ./run.sh & trap \"kill \$! \$emulator; wait\" EXIT
$(answers) && ./run.sh status && ./run.sh models && ./run.sh doctor"
for words in 'Привет!' 'slots      0 of 1' 'gigachat-max -> GigaChat-2-Max' 'ok    models'; do said "$words"; done
saw "run.sh with an .env, a request of curl's, status, models, doctor"
for verb in --emulator 'web --emulator --no-web-open-browser'; do
    must "rm -f .env; ./run.sh $verb & trap \"kill \$!; wait\" EXIT; $(answers)"
    said 'Привет!'
    saw "run.sh $verb, and a request"
done

# shellcheck disable=SC2016 # her shell's, not ours
for way in 'uv tool install .' 'pipx install . --python "$(uv python find --system 3.13)"'; do
    network=online
    must "$way"
    network=offline
    must 'cd && gigagate version && gigagate demo --once'
    said '── 4. With a tool'
    saw "$way, and gigagate demo"
    network=online
    must "${way%% *} $(case $way in uv*) echo tool ;; esac) uninstall gigagate"
done
