"""run.sh makes its environment once, safely, on any machine, and hands everything else on."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

RUN_SH = Path(__file__).parents[1] / "run.sh"

# Stands in for the real command line: tells what it was started with.
ECHO = """
import json, os, sys
print(json.dumps({"argv": sys.argv[1:], "pid": os.getpid(), "cwd": os.getcwd(),
                  "python": os.environ.get("GIGAGATE_PYTHON"), "path": os.environ["PYTHONPATH"]}))
sys.exit(7 if "fail" in sys.argv else 0)
"""

type Run = subprocess.CompletedProcess[str]


def make_project(folder: Path) -> Path:
    package = folder / "addons" / "gigagate"
    package.mkdir(parents=True)
    (package / "__main__.py").write_text(ECHO)
    (folder / "requirements.txt").write_text("# nothing\n")
    shutil.copy(RUN_SH, folder / "run.sh")
    return folder


def environment(**changes: str) -> dict[str, str]:
    return {**os.environ, "GIGAGATE_PYTHON": sys.executable, **changes}


def run(project: Path, *args: str, script: Path | None = None, **changes: str) -> Run:
    return subprocess.run(
        [str(script or project / "run.sh"), *args],
        env=environment(**changes),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=100,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose environment is there."""
    project = make_project(tmp_path_factory.mktemp("made") / "a project")
    first = run(project, "setup")
    assert first.returncode == 0, first.stderr
    assert "First start" in first.stderr
    return project


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return make_project(tmp_path / "fresh project")


def only(folder: Path, *tools: str) -> str:
    """A PATH with nothing but these tools."""
    folder.mkdir()
    for tool in ("sh", "dirname", "readlink", "cmp", "mkdir", "rm", "ln", "cp", "sleep", *tools):
        found = shutil.which(tool)
        assert found is not None, tool
        (folder / tool).symlink_to(found)
    return str(folder)


@pytest.mark.parametrize(
    ("given", "handed_on"),
    [
        ([], ["serve"]),
        (["-p", "4100", "--set", "a b=c d"], ["serve", "-p", "4100", "--set", "a b=c d"]),
        (["web", "--no-web-open-browser"], ["web", "--no-web-open-browser"]),
        (["--help"], ["help"]),
        (["demo", "--once", "*", ""], ["demo", "--once", "*", ""]),
    ],
)
def test_a_call_becomes_a_verb_and_arguments_as_they_are(
    made: Path, given: list[str], handed_on: list[str]
) -> None:
    assert json.loads(run(made, *given).stdout)["argv"] == handed_on


def test_setup_refuses_what_it_does_not_know(made: Path) -> None:
    assert run(made, "setup").returncode == 0
    wrong = run(made, "setup", "--test")
    assert (wrong.returncode, wrong.stderr) == (1, "run.sh: setup takes --tests, not --test.\n")


def test_a_later_call_says_and_installs_nothing(made: Path) -> None:
    later = run(made)
    assert later.returncode == 0
    assert later.stderr == ""


def test_it_works_through_links_from_anywhere_and_stays_in_the_callers_folder(
    made: Path, tmp_path: Path
) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "direct").symlink_to(made / "run.sh")
    (tmp_path / "links" / "relative").symlink_to("../direct")
    told = json.loads(run(made, script=tmp_path / "links" / "relative").stdout)
    assert told["path"] == str(made / "addons")
    assert told["cwd"] == "/"


def test_the_exit_code_passes_through(made: Path) -> None:
    assert run(made, "demo", "fail").returncode == 7


def test_the_shell_is_replaced_so_that_signals_reach_python(made: Path) -> None:
    process = subprocess.Popen(
        [str(made / "run.sh")], env=environment(), stdout=subprocess.PIPE, text=True
    )
    output, _ = process.communicate(timeout=60)
    assert json.loads(output)["pid"] == process.pid


def test_the_override_is_not_handed_on_as_a_setting(made: Path) -> None:
    assert json.loads(run(made).stdout)["python"] is None


def test_changed_requirements_are_installed_again(fresh: Path) -> None:
    run(fresh)
    (fresh / "requirements.txt").write_text("# changed\n")
    changed = run(fresh)
    assert "Installing requirements.txt" in changed.stderr
    assert "First start" not in changed.stderr
    assert run(fresh).stderr == ""


def test_what_pip_refuses_is_an_error_and_is_tried_again(fresh: Path) -> None:
    (fresh / "requirements.txt").write_text("./no-such-folder\n")
    refused = run(fresh)
    assert refused.returncode == 1
    assert "pip could not install requirements.txt" in refused.stderr
    (fresh / "requirements.txt").write_text("# right\n")
    assert run(fresh).returncode == 0


def test_an_interrupted_installation_is_started_afresh(fresh: Path) -> None:
    run(fresh)
    (fresh / ".venv" / "unfinished").touch()
    (fresh / ".venv" / "half-written").touch()
    assert run(fresh).returncode == 0
    assert not (fresh / ".venv" / "half-written").exists()


def test_sigterm_in_an_installation_leaves_no_lock_and_the_next_call_works(fresh: Path) -> None:
    process = subprocess.Popen(
        [str(fresh / "run.sh")], env=environment(), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert "First start" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 143
    assert not os.path.lexists(fresh / ".venv.lock")
    assert run(fresh).returncode == 0


def test_two_first_calls_at_once_make_one_environment(fresh: Path) -> None:
    both = [
        subprocess.Popen(
            [str(fresh / "run.sh")],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=100)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert "".join(said).count("First start") == 1


def test_a_lock_whose_owner_is_gone_is_taken_over(fresh: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    (fresh / ".venv.lock").symlink_to(str(gone.pid))
    assert run(fresh).returncode == 0
    assert not os.path.lexists(fresh / ".venv.lock")


def test_a_checkout_that_cannot_be_written_to_is_an_error(fresh: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    path = only(tools)
    (tools / "ln").unlink()
    (tools / "ln").symlink_to("/bin/false")
    refused = run(fresh, PATH=path)
    assert refused.returncode == 1
    assert f"is {fresh} writable?" in refused.stderr


def test_a_name_on_path_that_does_not_run_is_passed_over(fresh: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    path = only(tools)
    (tools / "python3.14").write_text("#!/bin/sh\nexit 127\n")
    (tools / "python3.14").chmod(0o755)
    (tools / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tools / "python").chmod(0o755)
    found = run(fresh, PATH=path, HOME=str(tmp_path), PYENV_ROOT="", GIGAGATE_PYTHON="")
    assert found.returncode == 0, found.stderr
    assert f"({tools}/python)" in found.stderr


def test_pyenvs_versions_are_found(fresh: Path, tmp_path: Path) -> None:
    version = tmp_path / ".pyenv" / "versions" / "3.12.99" / "bin"
    version.mkdir(parents=True)
    (version / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (version / "python3").chmod(0o755)
    path = only(tmp_path / "tools")
    found = run(fresh, PATH=path, HOME=str(tmp_path), PYENV_ROOT="", GIGAGATE_PYTHON="")
    assert found.returncode == 0, found.stderr
    assert f"({version}/python3)" in found.stderr


@pytest.mark.parametrize("word", ["help", "--help", "--version"])
def test_help_needs_no_environment_and_makes_none(word: str, fresh: Path) -> None:
    shown = run(fresh, word)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert json.loads(shown.stdout)["argv"] == [word.removeprefix("--")]
    assert not (fresh / ".venv").exists()


def test_help_without_any_python_is_the_head_of_the_script(fresh: Path, tmp_path: Path) -> None:
    path = only(tmp_path / "tools", "sed")
    shown = run(fresh, "help", PATH=path, HOME=str(tmp_path), PYENV_ROOT="", GIGAGATE_PYTHON="")
    assert shown.returncode == 0
    assert "./run.sh demo" in shown.stdout


def test_version_without_any_python_is_a_line(fresh: Path, tmp_path: Path) -> None:
    (fresh / "addons" / "gigagate" / "__init__.py").write_text('__version__ = "9.8"\n')
    path = only(tmp_path / "tools", "sed")
    shown = run(fresh, "-V", PATH=path, HOME=str(tmp_path), PYENV_ROOT="", GIGAGATE_PYTHON="")
    assert shown.stdout == "GigaGate 9.8 (not installed yet)\n"


def program(file: Path, script: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def other_python(folder: str, version: str) -> None:
    program(Path(folder) / "python3", f"case $2 in *print*) echo {version} ;; *) exit 1 ;; esac")


@pytest.mark.parametrize("version", ["3.11", "3.15"])
def test_another_python_is_named_with_what_helps_there(
    version: str, fresh: Path, tmp_path: Path
) -> None:
    path = only(tmp_path / "tools")
    other_python(path, version)
    missing = run(fresh, PATH=path, HOME=str(tmp_path), PYENV_ROOT="", GIGAGATE_PYTHON="")
    assert missing.returncode == 1
    assert f"this machine's own is {version}" in missing.stderr
    assert "This brings one" in missing.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="a Mac is told of Homebrew")
@pytest.mark.parametrize(
    ("there", "told"),
    [
        (["curl", "apt"], "curl -LsSf https://astral.sh/uv/install.sh | sh && ~/.local/bin/uv"),
        (["wget", "apt"], "wget -qO- https://astral.sh/uv/install.sh | sh && ~/.local/bin/uv"),
        (["apt", "sudo"], "sudo apt install curl && curl -LsSf https"),
        (["apt"], "\n  apt install curl && curl -LsSf https"),
        ([], "\n  curl -LsSf https"),
        (["uv", "curl"], "\n  uv python install 3.13"),
        (["../.local/bin/uv", "curl"], "\n  ~/.local/bin/uv python install 3.13"),
    ],
)
def test_uv_is_brought_with_what_the_machine_has(
    there: list[str], told: str, fresh: Path, tmp_path: Path
) -> None:
    path = only(tmp_path / "tools")
    other_python(path, "3.11")
    for tool in there:
        program(Path(path) / tool, "exit 1")
    missing = run(fresh, PATH=path, HOME=str(tmp_path), PYENV_ROOT="", GIGAGATE_PYTHON="")
    assert told in missing.stderr


def test_a_link_whose_environments_do_not_run_is_followed(fresh: Path, tmp_path: Path) -> None:
    """As uv's ~/.local/bin/python3.13: it starts, and what venv makes through it does not."""
    dead = 'for last; do :; done; mkdir -p "$last/bin"; printf "exit 1" >"$last/bin/python"'
    link = program(
        tmp_path / "python3.13",
        f"""case "$*" in *"-m venv"*) {dead}; chmod +x "$last/bin/python"; exit 1 ;; esac
exec {sys.executable} "$@" """,
    )
    made = run(fresh, "setup", GIGAGATE_PYTHON=str(link))
    assert made.returncode == 0, made.stderr
    assert json.loads(run(fresh, "web").stdout)["argv"] == ["web"]
    assert sorted(file.name for file in (fresh / ".venv").glob("try*")) == []


def test_one_range_of_pythons_wherever_it_is_asked_for() -> None:
    project = tomllib.loads((RUN_SH.parent / "pyproject.toml").read_text())["project"]
    first, beyond = re.findall(r"3\.(\d+)", project["requires-python"])
    asked = f"(3, {first}) <= sys.version_info[:2] <= (3, {int(beyond) - 1})"
    assert asked in RUN_SH.read_text()
    assert asked in RUN_SH.with_suffix(".ps1").read_text()


def test_without_a_python_it_says_how_to_get_one(fresh: Path, tmp_path: Path) -> None:
    path = only(tmp_path / "tools")
    missing = run(fresh, PATH=path, HOME=str(tmp_path), PYENV_ROOT="", GIGAGATE_PYTHON="")
    assert missing.returncode == 1
    assert "no Python 3.12, 3.13 or 3.14 was found" in missing.stderr
    assert "This brings one" in missing.stderr
    assert not (fresh / ".venv").exists()


def test_an_override_that_does_not_run_is_an_error(fresh: Path) -> None:
    wrong = run(fresh, GIGAGATE_PYTHON="/no/such/python")
    assert wrong.returncode == 1
    assert "GIGAGATE_PYTHON=/no/such/python" in wrong.stderr


def test_the_shell_scripts_are_clean() -> None:
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    assert shellcheck is not None
    root = RUN_SH.parent
    scripts = [
        *(RUN_SH, root / "tests" / "install_extras.sh", root / ".ci" / "run"),
        *(root / "config").glob("*.sh"),
        *(root / "tests" / "container").glob("*.sh"),
    ]
    checked = subprocess.run([shellcheck, *scripts], capture_output=True, text=True)
    assert checked.stdout == ""
