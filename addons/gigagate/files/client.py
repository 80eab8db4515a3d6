"""GigaChat's /files: upload and fetch.

GigaChat v1 looks at the MIME type of the uploaded part and shows a file only to the X-Client-ID
that sent it.
"""

import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from gigagate import outbound
from gigagate.client_certificate import ClientCertificate
from gigagate.core import multipart, strict_json
from gigagate.core.attachment import Attachment
from gigagate.core.hidden import Hidden
from gigagate.core.key_owner import PROXY, KeyOwner
from gigagate.core.multipart import FormPart
from gigagate.errors import (
    TRY_AGAIN,
    ProxyRefused,
    UpstreamProtocolError,
    UpstreamTimeout,
    UpstreamUnavailable,
    UpstreamUntrusted,
)
from gigagate.gigachat import errors, session
from gigagate.settings import Upstream
from gigagate.tokens import AccessToken, Tokens

SECONDS = 120.0
"""The time for one file, from the look-up of the name to the last byte of the answer."""
MAX_ANSWER = 64 * 1024 * 1024


class FileClient:
    """`ca_file`: certificates to verify GigaChat with; None: those of certifi."""

    def __init__(
        self,
        upstream: Upstream,
        tokens: Tokens,
        ca_file: Path | None,
        owner: KeyOwner = PROXY,
        certificate: ClientCertificate | None = None,
    ) -> None:
        self._base_url = upstream.base_url
        self._tokens = tokens
        self._certificate = certificate
        self._owner = owner
        self._proxy = upstream.proxy
        self._verify = upstream.verify_by(ca_file)

    def upload(self, file: Attachment, client: str) -> str:
        """The file's id.  Raises UpstreamError or CredentialError."""
        content_type, body = multipart.write(
            [
                FormPart("file", file.filename, file.media_type, file.content),
                FormPart("purpose", None, "", b"general"),
            ],
            boundary=uuid.uuid4().hex,
        )
        answer = self._request("POST", "/v1/files", client, body, {"Content-Type": content_type})
        try:
            file_id = strict_json.loads(answer.decode())["id"]
        except (ValueError, KeyError, TypeError):
            file_id = None
        if not isinstance(file_id, str) or not file_id:
            raise errors.unexpected("an answer to an upload without an id", answer)
        return file_id

    def content(self, file_id: str, client: str) -> bytes:
        """Raises UpstreamError or CredentialError."""
        if not file_id.strip("."):  # a server would read it as another path
            raise errors.unexpected("a file whose id is none", file_id)
        return self._request("GET", f"/v1/files/{quote(file_id, safe='')}/content", client)

    def _request(
        self,
        method: str,
        path: str,
        client: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """A token that is refused is replaced, once."""
        token = self._tokens.obtain()
        status, given, answer = self._send(method, path, client, body, headers or {}, token)
        if status == 401:
            self._tokens.reject(token.value)
            token = self._tokens.obtain()
            status, given, answer = self._send(method, path, client, body, headers or {}, token)
        if status != 200:
            raise errors.from_answer(status, given, answer, now=int(time.time()), owner=self._owner)
        return answer

    def _send(
        self,
        method: str,
        path: str,
        client: str,
        body: bytes,
        headers: Mapping[str, str],
        token: AccessToken,
    ) -> tuple[int, Mapping[str, str], bytes]:
        try:
            status, given, answer = outbound.ask(
                method,
                self._base_url + path,
                body=body,
                headers={
                    **headers,
                    **session.client_headers(client),
                    **token.headers,
                },
                verify=self._verify,
                proxy=self._proxy,
                seconds=SECONDS,
                limit=MAX_ANSWER,
                certificate=self._certificate,
            )
        except outbound.NotTrusted:
            raise UpstreamUntrusted(
                "GigaChat's certificate is not trusted. If it is a private one, name its "
                "authority's file in GIGACHAT_CA_BUNDLE_FILE on the proxy."
            ) from None
        except outbound.ProxyFault as fault:
            kind = UpstreamUnavailable if fault.passes else ProxyRefused
            raise kind(f"A file could not go its way: {fault}.") from None
        except outbound.TooLate:
            raise UpstreamTimeout("GigaChat did not take or give a file in time.") from None
        except outbound.OutboundError:
            raise UpstreamUnavailable(
                f"The connection to GigaChat broke off over a file. {TRY_AGAIN}."
            ) from None
        if len(answer) > MAX_ANSWER:
            raise UpstreamProtocolError("GigaChat's file is larger than 64 MB.")
        return status, given, Hidden([token.value]).whole(answer) if status != 200 else answer
