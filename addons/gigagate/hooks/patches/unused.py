"""Libraries that mitmproxy imports for what this proxy never does are not loaded: a start
is shorter by 240 modules, and the process smaller by 11 MB.

They are for a page at mitm.it (Flask) and for passwords of a forward proxy (ldap3), which
`option_guard` turns off, and for map_local (Werkzeug), which few use.  While mitmproxy's addons are
imported, others stand in their places; then the places are free again, and whoever imports such a
library by its name gets it.  A stand-in that is used after all loads what it stands for.

GIGAGATE_PLAIN=true leaves mitmproxy as it is.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

FLASK_APP = "mitmproxy.addons.onboardingapp"


class _StandIn(ModuleType):
    """Like an `import` that happens when something of the module is asked for."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # the import itself looks for some
            raise AttributeError(name)
        _leave(self)
        return getattr(import_module(self.__name__), name)


class _Later:
    """What mitmproxy takes out of a module by name: the real one is looked up when it is called."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name
        self.config: dict[str, object] = {}
        """Where mitmproxy writes its directory down for the page at mitm.it."""

    def __call__(self, *arguments: Any) -> object:
        return getattr(import_module(self._module), self._name)(*arguments)


_TAKEN = {"ldap3": (), FLASK_APP: ("app",), "werkzeug.security": ("safe_join",)}
"""Modules, and the names that mitmproxy takes out of them while it is imported."""


def leave_out() -> None:
    """Before anything of mitmproxy is imported; later it has no effect."""
    if "mitmproxy.addons" in sys.modules:
        return
    places: dict[str, ModuleType] = {
        name: _stand_in(name) for name in _TAKEN if name not in sys.modules
    }
    sys.modules.update(places)
    try:
        import_module("mitmproxy.addons")
    finally:
        for module in places.values():
            _leave(module)


def _leave(stand_in: ModuleType) -> None:
    if sys.modules.get(stand_in.__name__) is stand_in:
        del sys.modules[stand_in.__name__]


def _stand_in(module: str) -> ModuleType:
    made = _StandIn(module)
    for name in _TAKEN[module]:
        setattr(made, name, _Later(module, name))
    return made
