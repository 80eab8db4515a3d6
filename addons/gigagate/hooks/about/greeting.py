"""Where the proxy listens: for whoever reads the terminal."""

import logging

from mitmproxy import ctx
from mitmproxy.log import ALERT

from gigagate.hooks.runtime import Runtime

logger = logging.getLogger(__name__)


def greet(runtime: Runtime, more: str = "") -> None:
    """`more` is said of the address."""
    for warning in runtime.warnings():
        logger.warning(warning)
    upstreams = [one.upstream for one in runtime.accounts.pool] or [runtime.settings.upstream]
    for proxy in dict.fromkeys(one.proxy for one in upstreams if one.proxy):
        logger.log(ALERT, "GigaChat is reached through %s", proxy)
    for url in _urls():
        logger.log(ALERT, "GigaGate listens on %s/v1%s", url, more)
    logger.log(ALERT, "Status page: %s/", url_of_proxy())
    if web := getattr(ctx.master, "web_url", ""):
        own_password = bool(ctx.options.web_password)
        logger.log(ALERT, "mitmweb:   %s", web.partition("?")[0] if own_password else web)


def url_of_proxy() -> str:
    """http://host:port"""
    return _urls()[0]


def _urls() -> list[str]:
    """[::1] is left out where 127.0.0.1 stands: both are localhost."""
    addresses = ctx.master.addons.get("proxyserver").listen_addrs()
    hosts = {host for host, *_ in addresses}
    return [
        f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        for host, port, *_ in addresses
        if host != "::1" or "127.0.0.1" not in hosts
    ]
