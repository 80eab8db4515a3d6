"""Which models GigaChat has: one plain question, outside mitmproxy.  Blocks."""

from pathlib import Path

import requests
import urllib3

from gigagate import __version__
from gigagate.errors import UpstreamError, UpstreamRejected, UpstreamUnavailable
from gigagate.settings import Upstream
from gigagate.tokens import AccessToken

TIMEOUT = (5.0, 15.0)


def fetch(upstream: Upstream, ca_file: Path | None, token: AccessToken) -> list[str]:
    """GigaChat's names.  Raises UpstreamError, whose text holds no secret.

    ca_file: as trust.bundle returned it.
    """
    if not upstream.verify:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(
                f"{upstream.base_url}/models",
                headers={
                    "Authorization": f"Bearer {token.value}",
                    "User-Agent": f"GigaGate/{__version__}",
                },
                timeout=TIMEOUT,
                verify=upstream.verify_by(ca_file),
                allow_redirects=False,
            )
    except requests.RequestException as error:
        raise UpstreamUnavailable(
            f"GigaChat at {upstream.host} cannot be reached: {type(error).__name__}."
        ) from None
    if answer.status_code != 200:
        raise UpstreamRejected(f"GigaChat answered {answer.status_code} to the list of its models.")
    try:
        return [str(model["id"]) for model in answer.json()["data"]]
    except (ValueError, LookupError, TypeError):
        raise UpstreamError(f"What {upstream.host} answers is not a list of models.") from None
