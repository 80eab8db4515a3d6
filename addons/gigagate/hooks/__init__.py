"""The proxy as mitmproxy's addons, one concern a file.  docs/architecture.md lists the files."""

import os

from gigagate import running
from gigagate.errors import SettingsError, TrustError


def build() -> list[object]:
    """The addons, in the order mitmproxy calls them.  Wrong settings end the process."""
    from gigagate.hooks.about.commands import Commands
    from gigagate.hooks.about.endpoints import LocalEndpoints
    from gigagate.hooks.door.connections import Connections
    from gigagate.hooks.door.cors import Cors
    from gigagate.hooks.gateway import Gateway
    from gigagate.hooks.inspection.content_views import ContentViews
    from gigagate.hooks.inspection.flow_commands import FlowCommands
    from gigagate.hooks.inspection.flow_list import FlowList
    from gigagate.hooks.inspection.flow_memory import FlowMemory
    from gigagate.hooks.inspection.recorder import Recorder
    from gigagate.hooks.process.descriptors import Descriptors
    from gigagate.hooks.process.idle_memory import IdleMemory
    from gigagate.hooks.process.reload import Reload
    from gigagate.hooks.process.shutdown import Shutdown
    from gigagate.hooks.process.single import Alone
    from gigagate.hooks.process.startup import Startup, give_up
    from gigagate.hooks.runtime import Runtime
    from gigagate.hooks.telemetry import Accounting
    from gigagate.hooks.wire.deadlines import Deadlines
    from gigagate.hooks.wire.hooks_at_once import UnfinishedHooks
    from gigagate.hooks.wire.layers import Layers
    from gigagate.hooks.wire.unread import Unread

    try:
        runtime = Runtime.load()
    except (SettingsError, TrustError) as error:
        give_up(error)
    try:
        gateway = Gateway(runtime)
    except SettingsError as error:
        give_up(error)
    accounting = Accounting(gateway)
    descriptors = Descriptors()
    shutdown = Shutdown(gateway)
    if running.WORKER in os.environ:
        from gigagate.hooks.process.worker import Worker

        process: Alone | Worker = Worker(runtime, accounting, shutdown)
    else:
        process = Alone(runtime, accounting)
    inspection = [
        Recorder(gateway),
        FlowList(),
        FlowMemory(runtime),
        ContentViews(),
        FlowCommands(),
    ]
    return [
        Startup(runtime),
        Layers(gateway),
        gateway.shelves,
        gateway.slots,  # early: when one of us fails, those behind it are not called
        accounting,
        LocalEndpoints(runtime, process.status, process.keys),
        gateway,
        Connections(gateway, descriptors),
        Unread(runtime),
        descriptors,
        Cors(runtime),
        Deadlines(gateway),
        UnfinishedHooks(),
        IdleMemory(gateway),
        Reload(runtime),
        shutdown,
        process,
        Commands(runtime, process.status),
        *inspection,
    ]
