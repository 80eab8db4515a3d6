"""An addon for tests: files may be fetched from this machine, which is forbidden otherwise."""

from mitmproxy import ctx


class AllowLoopback:
    def running(self) -> None:
        runtime = ctx.master.addons.get("gigagate.startup").runtime
        uploads = runtime.accounts.require_own().uploads
        uploads._fetcher._is_public = lambda address: address == "127.0.0.1"


addons = [AllowLoopback()]
"""For `mitmdump -s`."""
