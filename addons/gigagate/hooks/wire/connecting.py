"""Which way to GigaChat is asked of mitmproxy, and what a person is told when there is none."""

from mitmproxy.net.server_spec import ServerSpec

from gigagate.core.company_proxy import CompanyProxy
from gigagate.core.redact import mask
from gigagate.errors import ProxyRefused, UpstreamError, UpstreamUnavailable, UpstreamUntrusted
from gigagate.hooks.wire.through_proxy import ProxyRefusal


def by(proxy: CompanyProxy | None) -> ServerSpec | None:
    """The way as mitmproxy's connections have it."""
    return None if proxy is None else ("http", proxy.address)


def cannot_connect(host: str, error: str) -> UpstreamError:
    if isinstance(error, ProxyRefusal):
        told = f"{mask(error)[:1].upper()}{mask(error)[1:]}."
        return UpstreamUnavailable(told) if error.passes else ProxyRefused(told)
    if "verify failed" in error.lower():
        return UpstreamUntrusted(
            f"The TLS certificate of {host} is not trusted ({mask(error)}). "
            "Start with GIGACHAT_CA_BUNDLE_FILE set to the authority that signed it."
        )
    return UpstreamUnavailable(f"GigaChat at {host} cannot be reached: {mask(error)}.")
