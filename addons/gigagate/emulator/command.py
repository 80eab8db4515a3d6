"""`python -m gigagate.emulator`: the emulator in a terminal, and what a client needs to know."""

import argparse
import asyncio
import dataclasses
import signal
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from gigagate.emulator.config import ConfigError, EmulatorConfig, load_config
from gigagate.emulator.log import Received
from gigagate.emulator.server import Emulator


def main(argv: Sequence[str] | None = None) -> int:
    """0 when ended by Ctrl-C or SIGTERM; 2 for wrong arguments; 1 when the port is taken."""
    arguments = _parser().parse_args(argv)
    try:
        config = load_config(arguments.config) if arguments.config else EmulatorConfig()
        config = config.changed(dict(_name_and_value(s) for s in arguments.switch))
        if not 0 <= arguments.port <= 65535:
            raise ConfigError(f"--port is a number up to 65535; got {arguments.port}")
    except (ConfigError, OSError) as error:
        _say(f"emulator: {error}")
        return 2
    with ExitStack() as stack:
        state_dir = arguments.state_dir or Path(
            stack.enter_context(tempfile.TemporaryDirectory("-gigagate-emulator"))
        )
        emulator = Emulator(
            config=config, tls=not arguments.no_tls, port=arguments.port, state_dir=state_dir
        )
        try:
            asyncio.run(_serve(emulator, tls=not arguments.no_tls))
        except OSError as error:
            _say(f"emulator: cannot listen on port {arguments.port}: {error.strerror}")
            return 1
        except KeyboardInterrupt:
            pass
    return 0


async def _serve(emulator: Emulator, *, tls: bool) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, ended.set)
        except NotImplementedError:  # Windows: KeyboardInterrupt ends asyncio.run instead
            break
    emulator.on_finished = _print_request
    await emulator.start()
    try:
        _say(_welcome(emulator, tls=tls))
        await ended.wait()
    finally:
        await emulator.stop()


def _welcome(emulator: Emulator, *, tls: bool) -> str:
    credential = emulator.config.credentials[0]
    lines = [
        "A local GigaChat is listening.  Ctrl-C ends it.  For a client's environment:",
        "",
        f"GIGACHAT_BASE_URL={emulator.base_url}",
        f"GIGACHAT_AUTH_URL={emulator.auth_url}",
        f"GIGACHAT_AUTH_KEY={credential.key}",
        f"GIGACHAT_CREDENTIALS={credential.key}",
        f"GIGACHAT_SCOPE={credential.scope}",
    ]
    if tls:
        lines.append(f"GIGACHAT_CA_BUNDLE_FILE={emulator.ca_file}")
    return "\n".join([*lines, ""])


def _print_request(received: Received) -> None:
    _say(received.line())


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _name_and_value(switch: str) -> tuple[str, str]:
    name, equals, value = switch.partition("=")
    if not equals:
        raise ConfigError(f"--switch wants name=value; got {switch!r}")
    return name, value


def _parser() -> argparse.ArgumentParser:
    switches = [
        f"  {field.name}={field.default}\n      {field.metadata['about']}"
        for field in dataclasses.fields(EmulatorConfig)
        if field.name not in ("credentials", "script")
    ]
    parser = argparse.ArgumentParser(
        "gigagate emulator",
        description="A strict local GigaChat to test clients with.",
        epilog="switches:\n" + "\n".join(switches),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=9443)
    parser.add_argument("--no-tls", action="store_true", help="plain http")
    parser.add_argument("--state-dir", type=Path, help="where the CA is kept; default: nowhere")
    parser.add_argument("--config", type=Path, help="YAML file of switches")
    parser.add_argument(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="one switch; may be repeated, wins over the file",
    )
    return parser
