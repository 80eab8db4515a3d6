"""Where the settings lie: beside run.sh in a checkout, else here, else in the user's own folder."""

from pathlib import Path

import pytest

from gigagate import home


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The package as pip installs it."""
    package = tmp_path / "site-packages" / "gigagate"
    package.mkdir(parents=True)
    return package


def test_a_checkout_has_its_own() -> None:
    root = Path(__file__).parents[1]
    assert home.is_checkout()
    assert home.folder({"HOME": "/home/anna"}, current=Path("/")) == root


@pytest.mark.parametrize("name", home.FILES)
def test_an_installed_tool_takes_the_current_folder_that_has_one(
    name: str, installed: Path, tmp_path: Path
) -> None:
    file = tmp_path / "project" / name
    file.parent.mkdir(parents=True)
    file.touch()
    current = tmp_path / "project"
    assert home.folder({"HOME": "/home/anna"}, package=installed, current=current) == current


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"HOME": "/home/anna"}, "/home/anna/.config/gigagate"),
        ({"HOME": "/home/anna", "XDG_CONFIG_HOME": "/cfg"}, "/cfg/gigagate"),
        ({"HOME": "/home/anna", "XDG_CONFIG_HOME": "relative"}, "/home/anna/.config/gigagate"),
    ],
)
def test_an_installed_tool_else_takes_the_users_folder(
    environ: dict[str, str], folder: str, installed: Path, tmp_path: Path
) -> None:
    assert home.folder(environ, package=installed, current=tmp_path) == Path(folder)
