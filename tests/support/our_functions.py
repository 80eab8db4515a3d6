"""Every function and method of ours that a request may meet, found from the modules."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

ROOMS = ("gigagate.hooks", "gigagate.accounts", "gigagate.exchange")
"""Where mitmproxy, the clock and the network are met; what lies below is called from there."""


def found() -> list[str]:
    """ "module:Class.method" and "module:function", each once, sorted."""
    return sorted({name for module in _modules() for name in _of(module)})


def _modules() -> Iterator[ModuleType]:
    for room in ROOMS:
        module = importlib.import_module(room)
        yield module
        for info in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{room}."):
            yield importlib.import_module(info.name)


def _of(module: ModuleType) -> Iterator[str]:
    for name, thing in vars(module).items():
        if getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(thing):
            yield f"{module.__name__}:{name}"
        elif inspect.isclass(thing):
            yield from (
                f"{module.__name__}:{thing.__qualname__}.{each}" for each in _methods(thing)
            )


def _methods(owner: type[Any]) -> Iterator[str]:
    for name, thing in vars(owner).items():
        if inspect.isfunction(thing) and (name == "__init__" or not name.startswith("__")):
            yield name
