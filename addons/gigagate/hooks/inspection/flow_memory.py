"""mitmweb and the console keep every flow for ever; here the newest are kept."""

from mitmproxy import ctx, http

from gigagate.hooks.inspection.recorder import is_recording
from gigagate.hooks.runtime import Runtime

MEGABYTE = 1_000_000


class FlowMemory:
    """`inspect` in the settings says how many flows, and how large; 0 is no limit."""

    name = "gigagate.flow_memory"

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.sizes: dict[str, int] = {}
        """Flows that have ended, oldest first: id -> bytes."""
        self.total = 0

    def response(self, flow: http.HTTPFlow) -> None:
        self.remember(flow)

    def error(self, flow: http.HTTPFlow) -> None:
        self.remember(flow)

    def remember(self, flow: http.HTTPFlow) -> None:
        if not is_recording() or not flow.live:
            return
        view = ctx.master.addons.get("view")
        if view is None:
            return
        self.forget(flow.id)
        self.sizes[flow.id] = _size(flow)
        self.total += self.sizes[flow.id]
        while len(self.sizes) > 1 and self.is_too_much():
            oldest = next(iter(self.sizes))
            self.forget(oldest)
            if (found := view.get_by_id(oldest)) is not None:
                view.remove([found])

    def forget(self, flow_id: str) -> None:
        self.total -= self.sizes.pop(flow_id, 0)

    def is_too_much(self) -> bool:
        limits = self.runtime.settings.inspect
        return 0 < limits.flows < len(self.sizes) or 0 < limits.megabytes * MEGABYTE < self.total


def _size(flow: http.HTTPFlow) -> int:
    bodies = [flow.request.raw_content, flow.response.raw_content if flow.response else None]
    kept = [value for value in flow.metadata.values() if isinstance(value, str | bytes)]
    return sum(len(text or b"") for text in (*bodies, *kept))
