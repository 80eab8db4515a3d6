"""As far as Windows can be had without one: nothing of POSIX is needed where it is not promised.

Not run: PowerShell itself, so run.ps1 is only read here; and no Windows.
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPT = (ROOT / "run.ps1").read_bytes()

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
    text = re.sub(r"^\s*#.*$|'[^']*'|\"(?:[^\"`]|`.)*\"", "", SCRIPT.decode(), flags=re.MULTILINE)
    for opening, closing in ("{}", "()", "[]"):
        assert text.count(opening) == text.count(closing)
    for newer in ("&&", "||", "??", "?."):
        assert newer not in text


def test_both_scripts_have_the_same_verbs_of_their_own() -> None:
    sh = (ROOT / "run.sh").read_text()
    for verb in ("setup", "test", "examples"):
        assert f"    {verb})" in sh
        assert f"    '{verb}' {{" in SCRIPT.decode()
    for file in re.findall(r"Install-File '([^']+)'", SCRIPT.decode()):
        assert (ROOT / file).is_file()
