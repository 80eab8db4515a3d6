"""Which models GigaChat has: one plain question, outside mitmproxy.  Blocks."""

from pathlib import Path

from gigagate import outbound
from gigagate.client_certificate import ClientCertificate
from gigagate.core import strict_json
from gigagate.errors import UpstreamError, UpstreamRejected, UpstreamUnavailable
from gigagate.settings import Upstream
from gigagate.tokens import AccessToken

SECONDS = 20.0
MAX_ANSWER = 4 * 1024 * 1024


def fetch(
    upstream: Upstream,
    ca_file: Path | None,
    token: AccessToken,
    certificate: ClientCertificate | None = None,
) -> list[str]:
    """GigaChat's names.  Raises UpstreamError, whose text holds no secret.

    ca_file: as trust.bundle returned it.
    """
    try:
        answer = outbound.ask(
            "GET",
            f"{upstream.base_url}/v1/models",
            headers=token.headers,
            verify=upstream.verify_by(ca_file),
            proxy=upstream.proxy,
            seconds=SECONDS,
            limit=MAX_ANSWER,
            certificate=certificate,
        )
    except outbound.OutboundError as error:
        raise UpstreamUnavailable(f"GigaChat cannot be reached: {error}.") from None
    if answer.status == 503:
        raise UpstreamUnavailable("GigaChat answered 503 to the list of its models.")
    if answer.status != 200:
        raise UpstreamRejected(f"GigaChat answered {answer.status} to the list of its models.")
    try:
        return [str(model["id"]) for model in strict_json.loads(answer.body)["data"]]
    except (ValueError, LookupError, TypeError):
        raise UpstreamError(f"What {upstream.host} answers is not a list of models.") from None
