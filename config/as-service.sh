#!/bin/sh
# A verb of run.sh for the proxy that runs as a service of systemd:
#
#   sudo /opt/gigagate/config/as-service.sh status
#
# It is run as the service's own user, whose state and settings nobody else's are.
set -eu

exec systemd-run --quiet --pipe --wait --collect \
    --property=DynamicUser=yes --property=User=gigagate \
    --property=StateDirectory=gigagate --property=StateDirectoryMode=0700 --property=UMask=0077 \
    --property=EnvironmentFile=/etc/gigagate.env \
    --setenv=GIGAGATE_STATE_DIR=/var/lib/gigagate --setenv=HOME=/var/lib/gigagate \
    /opt/gigagate/run.sh "$@"
