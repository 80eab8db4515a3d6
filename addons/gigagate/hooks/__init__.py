"""The only place that knows mitmproxy: one concern a file, as mitmproxy's own addons are."""

from gigagate.errors import SettingsError, TrustError


def build() -> list[object]:
    """The addons, in the order mitmproxy calls them.  Wrong settings end the process."""
    from gigagate.hooks.access_log import AccessLog
    from gigagate.hooks.deadlines import Deadlines
    from gigagate.hooks.gateway import Gateway
    from gigagate.hooks.layers import Layers
    from gigagate.hooks.runtime import Runtime
    from gigagate.hooks.startup import Startup, give_up

    try:
        runtime = Runtime.load()
    except (SettingsError, TrustError) as error:
        give_up(error)
    gateway = Gateway(runtime)
    return [Startup(runtime), Layers(gateway), gateway, Deadlines(gateway), AccessLog(gateway)]
