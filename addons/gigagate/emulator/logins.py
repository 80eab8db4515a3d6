"""What else than a token opens an account: a user's password for one, or a client certificate.

`POST {base}/token` with Basic user:password answers {"tok", "exp"}.  A certificate alone needs no
Authorization; one that nobody has asked for is not looked at.  The words of refusals are ours, the
gateway's answer to a missing certificate is nginx's: no source shows them.
"""

import base64
import secrets

from gigagate.emulator.config import Credential, EmulatorConfig
from gigagate.emulator.log import Received
from gigagate.emulator.oauth import TokenOffice
from gigagate.emulator.reply import Reply, compact, error

TOKEN_PATH = "/token"  # noqa: S105 - a path

_NO_CERTIFICATE = b"""<html>
<head><title>400 No required SSL certificate was sent</title></head>
<body>
<center><h1>400 Bad Request</h1></center>
<center>No required SSL certificate was sent</center>
<hr><center>nginx</center>
</body>
</html>
"""


def without_certificate(received: Received, config: EmulatorConfig) -> Reply | None:
    """The gateway's refusal, if it asks for a certificate and got none."""
    if config.client_certificate != "required" or received.certificate is not None:
        return None
    return Reply(400, (("Content-Type", "text/html"),), _NO_CERTIFICATE)


def of_certificate(received: Received, config: EmulatorConfig) -> Credential | None:
    """Whose certificate it is, where nothing else says who asks."""
    if received.header("authorization") is not None or not received.certificate:
        return None
    found = (one for one in config.credentials if one.certificate == received.certificate)
    return next(found, None)


def token(received: Received, office: TokenOffice, config: EmulatorConfig) -> Reply:
    office.calls += 1
    if received.method != "POST":
        return error(405, "Method Not Allowed")
    scheme, _, given = (received.header("authorization") or "").partition(" ")
    for credential in config.credentials:
        pair = base64.b64encode(f"{credential.user}:{credential.password}".encode()).decode()
        if credential.user and scheme == "Basic" and secrets.compare_digest(pair, given):
            value, expires = office.issue(credential, config.token_seconds)
            body = compact({"tok": value, "exp": int(expires * 1000)})
            return Reply(200, (("Content-Type", "application/json"),), body)
    return error(401, "Unauthorized")
