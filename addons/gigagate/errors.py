"""Every error we raise.

GigaGateError
├── ClientError                    the client's request is at fault
│   ├── InvalidRequest         400     a wrong type or value, named by its path
│   ├── UnsupportedFeature     400     valid OpenAI, but GigaChat has no equivalent
│   ├── ContextLengthExceeded  400     the input is longer than the model takes
│   ├── InvalidApiKey          401     the client's key is missing or wrong
│   ├── HostNotAllowed         403     Host or Origin is not ours
│   ├── ModelNotAllowed        403     the client may not use this model
│   ├── LinkRefused            403     a link to a picture that is not ours or has expired
│   ├── NotFound               404     path or model
│   ├── MethodNotAllowed       405     the path is there, for another method
│   ├── RequestTimeout         408     the client did not finish its request
│   ├── RequestTooLarge        413     larger than the proxy's or GigaChat's limit
│   ├── UpgradeRefused         426     a WebSocket is asked for where there is none
│   ├── TooManyRequests        429     of one client, by the proxy's own limit
│   ├── BudgetExhausted        429     the client has used what it may
│   ├── HeadersTooLarge        431     the head of the request is larger than the proxy's limit
│   └── TooManyConnections     503     of one client, or of all, by the proxy's own limit
├── UpstreamError                  GigaChat, or the way to it
│   ├── UpstreamRejected      (its)    GigaChat refused the request; its status and words are kept
│   ├── UpstreamRateLimited    429     GigaChat has had too many requests
│   ├── NoSlot                 429     too many wait for GigaChat already, or waited too long
│   ├── UpstreamUnavailable    503     cannot connect
│   ├── UpstreamUntrusted      502     its certificate is not of an authority we trust
│   ├── ProxyRefused           502     the company's proxy on the way refuses
│   ├── UpstreamTimeout        504     GigaChat did not answer in time
│   └── UpstreamProtocolError  502     its answer is not what GigaChat sends
├── CredentialError                the access to GigaChat
│   ├── CredentialsRejected    401     GigaChat refused the proxy's key
│   └── TokenUnavailable       503     the OAuth endpoint cannot be reached or fails
├── NotReady                   503     the proxy is starting or stopping
├── InternalError              500     anything unforeseen; its text never shows internals
├── StoreError                         a store is broken: a warning, never an outage
├── SettingsError                      wrong settings: the start is refused, exit code 2
└── TrustError                         no CA bundle can be made: the start is refused, exit code 2

All but the last three reach a client, each in the shape of the API it speaks; `type` and `code`
are OpenAI's words.
"""

from collections.abc import Callable
from typing import Self


class GigaGateError(Exception):
    """What happened, whose fault it is, what to do: `message` says all three to a person."""

    status = 500
    type = "server_error"
    code: str | None = None

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        param: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after = retry_after
        """Seconds, as sent in the Retry-After header."""
        if status is not None:
            self.status = status
        if code is not None:
            self.code = code


class ClientError(GigaGateError):
    status = 400
    type = "invalid_request_error"

    def moved(self, path_of: Callable[[str], str]) -> Self:
        """The same, where its field stands elsewhere: in the param and in the sentence."""
        if self.param is not None and (path := path_of(self.param)) != self.param:
            self.message = self.message.replace(self.param, path)
            self.param = path
        return self


class InvalidRequest(ClientError):
    code = "invalid_request"


class UnsupportedFeature(ClientError):
    code = "unsupported_feature"


class ContextLengthExceeded(ClientError):
    code = "context_length_exceeded"


class InvalidApiKey(ClientError):
    status = 401
    type = "authentication_error"
    code = "invalid_api_key"


class HostNotAllowed(ClientError):
    status = 403
    code = "host_not_allowed"


class LinkRefused(ClientError):
    status = 403
    code = "link_refused"


class NotFound(ClientError):
    status = 404
    code = "not_found"


class MethodNotAllowed(ClientError):
    status = 405
    code = "method_not_allowed"


class RequestTimeout(ClientError):
    status = 408
    code = "request_timeout"


class RequestTooLarge(ClientError):
    status = 413
    code = "request_too_large"


class UpgradeRefused(ClientError):
    status = 426
    code = "upgrade_refused"


class TooManyRequests(ClientError):
    status = 429
    type = "rate_limit_error"
    code = "rate_limit_exceeded"


class BudgetExhausted(ClientError):
    status = 429
    type = "rate_limit_error"
    code = "budget_exhausted"


class ModelNotAllowed(ClientError):
    status = 403
    type = "permission_error"
    code = "model_not_allowed"


class HeadersTooLarge(ClientError):
    status = 431
    code = "headers_too_large"


class TooManyConnections(ClientError):
    status = 503
    type = "server_error"
    code = "too_many_connections"


TRY_AGAIN = "Try your request again"
"""An error in a stream has no status any more.  opencode then knows by these words that another try
may help; by the type server_error it would too, but so would Continue, which would then write the
answer a second time behind what it has already shown."""


class UpstreamError(GigaGateError):
    status = 502
    type = "upstream_error"


class UpstreamRejected(UpstreamError):
    type = "invalid_request_error"
    code = "upstream_rejected"


class UpstreamRateLimited(UpstreamError):
    status = 429
    type = "rate_limit_error"
    code = "rate_limit_exceeded"


class NoSlot(UpstreamError):
    status = 429
    type = "rate_limit_error"
    code = "no_slot"


class UpstreamUnavailable(UpstreamError):
    status = 503
    code = "upstream_unavailable"


class UpstreamUntrusted(UpstreamError):
    code = "upstream_untrusted"


class ProxyRefused(UpstreamError):
    code = "proxy_refused"


class UpstreamTimeout(UpstreamError):
    status = 504
    code = "upstream_timeout"


class UpstreamProtocolError(UpstreamError):
    code = "upstream_protocol_error"


class CredentialError(GigaGateError):
    type = "authentication_error"


class CredentialsRejected(CredentialError):
    status = 401
    code = "upstream_credentials_rejected"


class TokenUnavailable(CredentialError):
    status = 503
    type = "upstream_error"
    code = "token_unavailable"


class NotReady(GigaGateError):
    status = 503
    code = "not_ready"


class InternalError(GigaGateError):
    code = "internal_error"

    def __init__(self, message: str = "GigaGate failed on this request; its log says why.") -> None:
        super().__init__(message)


class StoreError(GigaGateError):
    code = "store"


class SettingsError(GigaGateError):
    code = "settings"


class TrustError(GigaGateError):
    code = "trust"
