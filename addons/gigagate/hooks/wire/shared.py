"""What the connections of all clients share."""

from typing import NamedTuple

from gigagate.hooks.calls.prepare import Calls
from gigagate.hooks.calls.shelves import CallShelves
from gigagate.hooks.calls.traffic import Traffic
from gigagate.hooks.runtime import Runtime


class Shared(NamedTuple):
    runtime: Runtime
    calls: Calls
    traffic: Traffic
    shelves: CallShelves
