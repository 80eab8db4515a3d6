"""examples: the programs of docs/examples, run against the proxy in front of a local GigaChat.

No key and no internet are needed.  --base-url runs them against a proxy of one's own, and so
against GigaChat itself.
"""

import argparse
import ast
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from gigagate.cli import ADDONS, COMMAND
from gigagate.cli.demo.proxy import DemoProxy, environment, free_port, settings_of
from gigagate.cli.demo.screen import Screen
from gigagate.emulator import EmulatorConfig, EmulatorThread
from gigagate.errors import SettingsError

FOLDER = ADDONS.parent / "docs" / "examples"

URL = "GIGAGATE_URL"
"""In an example's environment: the base URL it asks."""

_CHUNK_DELAY = 0.03
"""Seconds between the pieces of an emulated stream, so that a person sees them come."""


class Example(NamedTuple):
    number: int
    file: Path
    title: str
    """The first line of its docstring."""

    @property
    def name(self) -> str:
        return self.file.stem.partition("_")[2].replace("_", " ")


def found(folder: Path = FOLDER) -> list[Example]:
    """The examples, by number.  Raises SettingsError where there are none."""
    if not folder.is_dir():
        raise SettingsError(
            "The examples are not part of the installed tool: they lie in docs/examples of the "
            "project, and each runs by itself, with GIGAGATE_URL naming the proxy."
        )
    return [_read(file) for file in sorted(folder.glob("[0-9][0-9]_*.py"))]


def _read(file: Path) -> Example:
    words = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return Example(int(file.stem[:2]), file, words.partition("\n")[0])


def chosen(words: Sequence[str], examples: Sequence[Example]) -> list[Example]:
    """The examples named by number, by a part of their name, or by "all".  Raises SettingsError."""
    picked: list[Example] = []
    for word in words:
        fitting = [one for one in examples if _fits(word.lower(), one)]
        if not fitting:
            raise SettingsError(
                f'There is no example "{word}". "{COMMAND} examples --list" shows those there are.'
            )
        picked += [one for one in fitting if one not in picked]
    return picked


def _fits(word: str, example: Example) -> bool:
    if word.isdecimal():
        return int(word) == example.number
    return word == "all" or word in example.name


def main(verb: str, args: list[str]) -> int:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} {verb}", description=__doc__)
    parser.add_argument("which", nargs="*", help='numbers, parts of names, or "all"')
    parser.add_argument("--list", action="store_true", help="show them, run none")
    parser.add_argument("--base-url", help="a running proxy, such as http://localhost:4000/v1")
    given = parser.parse_args(args)
    screen, examples = Screen(sys.stdout), found()
    picked = chosen(given.which, examples)
    if given.list or not (picked or sys.stdin.isatty()):
        show(screen, examples)
        return 0
    with _served(given.base_url) as base_url:
        if picked:
            right = [run(screen, example, base_url) for example in picked]
            return 0 if all(right) else 1
        return menu(screen, examples, base_url)


def show(screen: Screen, examples: Sequence[Example]) -> None:
    for one in examples:
        screen.line(f"  {one.number:2}  {one.name:20} {one.title}")


def menu(screen: Screen, examples: Sequence[Example], base_url: str) -> int:
    """Asks which to run until the person has seen enough."""
    while True:
        screen.line()
        show(screen, examples)
        try:
            said = input("\nNumber, name, all, or Enter to end: ").split()
        except EOFError:
            return 0
        if not said:
            return 0
        try:
            for example in chosen(said, examples):
                run(screen, example, base_url)
        except SettingsError as error:
            screen.line(error.message, "yellow")


def run(screen: Screen, example: Example, base_url: str) -> bool:
    """Whether it ended well; what it prints is shown as it comes."""
    screen.title(f"{example.number}. {example.name}")
    screen.line(example.title, "dim")
    screen.line(f"docs/examples/{example.file.name}", "dim")
    screen.line()
    done = subprocess.run(  # noqa: S603
        [sys.executable, str(example.file)],
        env={**os.environ, URL: base_url, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        screen.line(f"✗ it ended with {done.returncode}", "red")
    return done.returncode == 0


@contextmanager
def _served(base_url: str | None) -> Iterator[str]:
    """The given proxy's base URL, or that of one made for the while."""
    if base_url:
        yield base_url
        return
    with (
        tempfile.TemporaryDirectory(prefix="gigagate-examples-") as folder,
        EmulatorThread(config=EmulatorConfig(chunk_delay=_CHUNK_DELAY)) as emulator,
        DemoProxy(free_port(0), environment(settings_of(emulator), Path(folder))) as proxy,
    ):
        if not proxy.wait_until_healthy():
            raise SettingsError("The proxy did not start. It said:\n  " + "\n  ".join(proxy.lines))
        yield f"http://localhost:{proxy.port}/v1"
