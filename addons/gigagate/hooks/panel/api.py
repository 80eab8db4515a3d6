"""The panel's API: what /admin/api/… answers, as plain values.  The command line may ask it too."""

from collections.abc import Iterable
from typing import Protocol

from gigagate.errors import NotFound
from gigagate.hooks.panel.routes import Handler, Routes


class PanelPart(Protocol):
    """A view's part of the API, a file each."""

    routes: Routes


class PanelApi:
    def __init__(self, parts: Iterable[PanelPart]) -> None:
        self._routes = {route: answer for part in parts for route, answer in part.routes.items()}

    def of(self, method: str, name: str) -> Handler:
        """Raises NotFound."""
        if (found := self._routes.get((method, name))) is None:
            raise NotFound(f"The panel has no {method[:20]} {name[:100]}.")
        return found
