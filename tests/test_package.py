"""The project as an installed tool: the wheel has all it needs, and finds its settings."""

import base64
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ADDONS = ROOT / "addons"
TOOL = "import sys; from gigagate.__main__ import tool; sys.exit(tool())"
"""What pip's script `gigagate` does."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "requirements.txt", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    for file in ADDONS.rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts and ".egg-info" not in str(file):
            target = source / file.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "-w", str(folder), str(source)], check=True, timeout=100)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    folder = wheel.parent / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def gigagate(
    installed: Path, cwd: Path, *words: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIGA")}
    return subprocess.run(
        [sys.executable, "-c", TOOL, *words],
        env={**kept, "PYTHONPATH": str(installed), "HOME": str(cwd), **environ},
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def test_every_file_of_the_package_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    ours = {
        str(file.relative_to(ADDONS))
        for file in ADDONS.rglob("*")
        if file.is_file() and file.suffix != ".pyc" and ".egg-info" not in str(file)
    }
    assert packed == ours


def test_the_command_names_itself_and_its_addon(installed: Path, tmp_path: Path) -> None:
    assert "usage: gigagate [VERB]" in gigagate(installed, tmp_path, "help").stdout
    assert gigagate(installed, tmp_path, "--version").stdout.startswith("GigaGate ")
    addon = gigagate(installed, tmp_path, "addon-path").stdout.strip()
    assert Path(addon) == installed / "gigachat_proxy.py"


def test_without_a_verb_it_serves_and_asks_for_a_key(installed: Path, tmp_path: Path) -> None:
    for words in ([], ["-p", "4100"]):
        done = gigagate(installed, tmp_path, *words)
        assert done.returncode == 2
        assert "GIGACHAT_AUTH_KEY: not set" in done.stderr


def test_settings_lie_in_the_current_folder(installed: Path, tmp_path: Path) -> None:
    key = base64.b64encode(b"id:secret").decode()
    (tmp_path / ".env").write_text(f"GIGACHAT_AUTH_KEY={key}\nGIGACHAT_SCOPE=wrong\n")
    done = gigagate(installed, tmp_path)
    assert done.returncode == 2
    assert ".env:2: GIGACHAT_SCOPE" in done.stderr


def test_verbs_of_a_checkout_are_told_as_such(installed: Path, tmp_path: Path) -> None:
    for verb in ("setup", "test"):
        assert "a clone of the project" in gigagate(installed, tmp_path, verb).stderr


def test_examples_are_of_the_checkout_and_that_is_told(installed: Path, tmp_path: Path) -> None:
    done = gigagate(installed, tmp_path, "examples", "1")
    assert done.returncode == 2
    assert "docs/examples" in done.stderr
