"""The proxy as mitmproxy's addons, one concern a file.  docs/architecture.md lists the files."""

import os

from gigagate import running
from gigagate.errors import SettingsError, TrustError


def build() -> list[object]:
    """The addons, in the order mitmproxy calls them.  Wrong settings end the process."""
    from gigagate.hooks.accounting import Accounting
    from gigagate.hooks.alone import Alone
    from gigagate.hooks.commands import Commands
    from gigagate.hooks.content_views import ContentViews
    from gigagate.hooks.cors import Cors
    from gigagate.hooks.deadlines import Deadlines
    from gigagate.hooks.flow_commands import FlowCommands
    from gigagate.hooks.flow_list import FlowList
    from gigagate.hooks.flow_memory import FlowMemory
    from gigagate.hooks.gateway import Gateway
    from gigagate.hooks.hooks_at_once import UnfinishedHooks
    from gigagate.hooks.idle_memory import IdleMemory
    from gigagate.hooks.layers import Layers
    from gigagate.hooks.local_endpoints import LocalEndpoints
    from gigagate.hooks.recorder import Recorder
    from gigagate.hooks.reload import Reload
    from gigagate.hooks.runtime import Runtime
    from gigagate.hooks.shutdown import Shutdown
    from gigagate.hooks.startup import Startup, give_up

    try:
        runtime = Runtime.load()
    except (SettingsError, TrustError) as error:
        give_up(error)
    gateway = Gateway(runtime)
    accounting = Accounting(gateway)
    shutdown = Shutdown(gateway)
    if running.WORKER in os.environ:
        from gigagate.hooks.worker import Worker

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
        gateway.slots,  # early: when one of us fails, those behind it are not called
        accounting,
        LocalEndpoints(runtime, process.status, process.keys),
        gateway,
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
