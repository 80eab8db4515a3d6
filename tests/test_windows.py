"""As far as Windows can be had without one: nothing of POSIX is needed where it is not promised.

Not run: PowerShell itself, so run.ps1 is only parsed here; and no Windows.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

ROOT = Path(__file__).parents[1]
SCRIPT = (ROOT / "run.ps1").read_bytes()

CMDLETS = {
    *("Copy-Item", "Get-Command", "Join-Path", "New-Item", "New-Object", "Remove-Item"),
    *("Select-Object", "Set-Location", "Split-Path", "Test-Path", "Where-Object"),
}
"""Those of 5.1 that run.ps1 uses."""
SET_BY_POWERSHELL = {"_", "args", "false", "null", "true", "LASTEXITCODE", "PSScriptRoot"}
SETTING = {"left_assignment_expression", "script_parameter", "foreach_statement"}
"""Where a variable that stands in the grammar is set; of foreach's, the first."""

LIKE_WINDOWS = """
import asyncio, os, pathlib, pkgutil, signal, socket, ssl, sys
from importlib import import_module
import cryptography.hazmat.primitives.asymmetric.x25519, mitmproxy.tools.main, requests, trustme
import mitmproxy.tools.console.master, mitmproxy.tools.web.master, redis, sqlite3, yaml

for name in ("resource", "fcntl", "pwd", "grp", "termios"):
    sys.modules[name] = None
for module, names in {
    os: ("getuid", "geteuid", "fchmod", "chown", "fork", "setsid"),
    signal: ("SIGHUP", "SIGKILL", "SIGUSR1"),
    socket: ("SO_REUSEPORT",),
}.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
pathlib.Path = pathlib.PosixPath  # Path() itself asks os.name
sys.platform = "win32"
os.name = "nt"

import gigagate
modules = [m.name for m in pkgutil.walk_packages(gigagate.__path__, "gigagate.")]
for name in modules:
    if not name.endswith("__main__"):
        import_module(name)

from pathlib import PosixPath as Path
from gigagate import private_folder, running
from gigagate.cli import workers
from gigagate.errors import SettingsError
folder = Path(sys.argv[1])
private_folder.make(folder / "state")
print(private_folder.fault(folder / "state"), running.lives(os.getpid()), len(modules) > 100)
try:
    workers.main(None, 2, [])
except SettingsError as error:
    print(error)
"""


def test_all_of_it_is_there_without_what_posix_has(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LIKE_WINDOWS, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT / "addons",
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "None True True",
        "--workers: this system cannot share a port among processes.",
    ]


def test_text_is_read_and_written_in_utf_8_whatever_the_machines_code_page() -> None:
    named = {"read_text", "write_text", "fdopen", "NamedTemporaryFile"}
    vague = [
        f"{path.name}:{node.lineno}"
        for path in (ROOT / "addons").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in named
        and not any(keyword.arg in ("encoding", "mode") for keyword in node.keywords)
        and not any(isinstance(arg, ast.Constant) and "b" in str(arg.value) for arg in node.args)
    ]
    assert vague == []


def test_the_script_is_read_alike_by_old_and_new_powershell() -> None:
    """5.1 takes a file without a mark for one in the machine's old code page."""
    assert SCRIPT.isascii()


def faults(script: bytes) -> list[str]:
    """What 5.1 would stop at.  The grammar is that of 5.1, and of "&&" and "||" on top."""
    return [
        f"line {node.start_point[0] + 1}: {_words(node)}"
        for node in _nodes(script)
        if node.is_error or node.is_missing or node.type == "pipeline_chain_tail"
    ]


def unknown(script: bytes) -> set[str]:
    """Commands that nobody has defined, and variables that nothing has set."""
    nodes = list(_nodes(script))
    commands = {_words(node) for node in nodes if node.type == "command_name"}
    functions = {_words(node) for node in nodes if node.type == "function_name"}
    variables = {node: _variable(node) for node in nodes if "variable" in node.type}
    set_here = {
        name
        for node, name in variables.items()
        if node.parent is not None and _is_set_in(node, node.parent)
    }
    return (commands - functions - CMDLETS) | {
        name
        for name in variables.values()
        if name not in set_here | SET_BY_POWERSHELL and not name.startswith("env:")
    }


def _is_set_in(node: Node, parent: Node) -> bool:
    while parent.parent is not None and parent.type not in SETTING:
        node, parent = parent, parent.parent
    if parent.type == "foreach_statement":
        return node == next(each for each in parent.children if each.is_named)
    return parent.type in SETTING


def _variable(node: Node) -> str:
    return _words(node).strip("$@{}")


def _words(node: Node) -> str:
    return (node.text or b"").decode()


def _nodes(script: bytes) -> Iterator[Node]:
    waiting = [Parser(Language(tree_sitter_powershell.language())).parse(script).root_node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)


def test_the_script_is_powershell() -> None:
    assert faults(SCRIPT) == []
    assert unknown(SCRIPT) == set()


@pytest.mark.parametrize(
    ("script", "line"),
    [
        (b"function F {\n  $x = @(1, 2\n}\n", "line 2"),
        (b"1\nif ($a -eq 'x' { 2 }\n", "line 2"),
        (b"foreach ($x n $y) { }\n", "line 1"),
        (b"2\nGet-X && Get-Y\n", "line 2"),
        (b"$a = $b ?? 3\n", "line 1"),
        (b"$a = $b ? 1 : 2\n", "line 1"),
    ],
)
def test_what_is_not_powershell_5_is_seen(script: bytes, line: str) -> None:
    assert faults(script)[0].startswith(line)


@pytest.mark.parametrize(
    ("script", "names"),
    [
        (b"function Get-One { 1 }\nGet-One; Get-Two; Test-Path x", {"Get-Two"}),
        (b"function F([string] $a) { $a, $b; $env:PATH }", {"b"}),
        (b"$a, $b = 1, 2; foreach ($c in $d) { $a + $b + $c }; & $a @e", {"d", "e"}),
        (b"$a = $b", {"b"}),
        (b'"$a and ${b}: $($c) $_"', {"a", "b", "c"}),
    ],
)
def test_what_is_not_there_is_seen(script: bytes, names: set[str]) -> None:
    assert unknown(script) == names


def test_both_scripts_have_the_same_verbs_of_their_own() -> None:
    sh = (ROOT / "run.sh").read_text()
    for verb in ("setup", "test", "examples"):
        assert f"    {verb})" in sh
        assert f"    '{verb}' {{" in SCRIPT.decode()
    for file in re.findall(r"Install-File '([^']+)'", SCRIPT.decode()):
        assert (ROOT / file).is_file()
