"""The proxy as mitmproxy's addons, one concern a file, in wings."""

import os

from gigagate import running
from gigagate.errors import SettingsError, TrustError


def build() -> list[object]:
    """The addons, in the order mitmproxy calls them.  Wrong settings end the process."""
    from gigagate.hooks.about.commands import Commands
    from gigagate.hooks.about.endpoints import LocalEndpoints
    from gigagate.hooks.about.question import Question
    from gigagate.hooks.calls.prepare import Calls
    from gigagate.hooks.calls.shelves import CallShelves
    from gigagate.hooks.calls.slots import CallSlots
    from gigagate.hooks.calls.traffic import Traffic
    from gigagate.hooks.calls.waiting import Waiting
    from gigagate.hooks.door.budgets import Budgets
    from gigagate.hooks.door.cors import Cors
    from gigagate.hooks.door.door import Door
    from gigagate.hooks.inspection.content_views import ContentViews
    from gigagate.hooks.inspection.flow_commands import FlowCommands
    from gigagate.hooks.inspection.flow_list import FlowList
    from gigagate.hooks.inspection.flow_memory import FlowMemory
    from gigagate.hooks.inspection.flow_sessions import FlowSessions
    from gigagate.hooks.inspection.recorder import Recorder
    from gigagate.hooks.panel.endpoints import Panel
    from gigagate.hooks.process.first_look import FirstLook
    from gigagate.hooks.process.idle_memory import IdleMemory
    from gigagate.hooks.process.reload import Reload
    from gigagate.hooks.process.shutdown import Shutdown
    from gigagate.hooks.process.single import Single
    from gigagate.hooks.process.startup import Startup, give_up
    from gigagate.hooks.runtime import Runtime
    from gigagate.hooks.telemetry import Telemetry
    from gigagate.hooks.wire.beside import Beside
    from gigagate.hooks.wire.connection_limit import ConnectionLimit
    from gigagate.hooks.wire.deadlines import DeadlineWatch
    from gigagate.hooks.wire.descriptors import Descriptors
    from gigagate.hooks.wire.hooks_at_once import UnfinishedHooks
    from gigagate.hooks.wire.layers import Layers
    from gigagate.hooks.wire.live import LiveAnswers
    from gigagate.hooks.wire.shared import Shared
    from gigagate.hooks.wire.unread import Unread

    traffic = Traffic()
    try:
        runtime = Runtime.load()
        door = Door(runtime)
        shelves = CallShelves(runtime, door)
    except (SettingsError, TrustError) as error:
        give_up(error)
    slots = CallSlots(runtime, traffic)
    calls = Calls(runtime, door, traffic, slots, shelves)
    budgets = Budgets(runtime, door)
    telemetry = Telemetry(runtime, traffic, budgets)
    descriptors = Descriptors()
    shutdown = Shutdown(runtime, traffic)
    if running.WORKER in os.environ:
        from gigagate.hooks.process.worker import Worker

        process: Single | Worker = Worker(runtime, telemetry, traffic, shutdown)
    else:
        process = Single(runtime, telemetry, traffic)
    sessions = FlowSessions(runtime)
    reload = Reload(runtime)
    panel = Panel(runtime, telemetry, process.status, process.keys, sessions, reload.look)
    panel.tells_link = process.speaks_for_all
    door.asks_in_playground = panel.door.asks_in_playground
    inspection = [
        Recorder(traffic),
        FlowList(),
        FlowMemory(runtime),
        ContentViews(sessions),
        FlowCommands(),
    ]
    return [
        Startup(runtime),
        Layers(Shared(runtime, calls, traffic, shelves)),
        slots,  # early: when one of us fails, those behind it are not called
        telemetry,
        LocalEndpoints(runtime, process.status, process.keys),
        panel,
        door,
        ConnectionLimit(runtime, door, descriptors),
        Unread(runtime),
        descriptors,
        budgets,
        shelves,
        Waiting(runtime, traffic, slots),
        Cors(runtime),
        DeadlineWatch(runtime, traffic),
        UnfinishedHooks(),
        Beside(),
        LiveAnswers(),
        IdleMemory(traffic),
        reload,
        shutdown,
        process,
        *([FirstLook(runtime, Question(runtime))] if process.speaks_for_all else []),
        Commands(runtime, process.status),
        *inspection,
    ]
