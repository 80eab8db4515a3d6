"""Where .env and config/gigachat.yaml are looked for.

In a checkout they lie beside run.sh.  A proxy installed as a tool has no checkout: it takes the
current folder if one of the files lies there, else the user's own folder of settings.
"""

from collections.abc import Mapping
from pathlib import Path

FILES = (".env", "config/gigachat.yaml")

_PACKAGE = Path(__file__).resolve().parent


def folder(
    environ: Mapping[str, str], *, package: Path = _PACKAGE, current: Path | None = None
) -> Path:
    """The folder of both files; it need not exist."""
    checkout = package.parents[1]
    if is_checkout(package):
        return checkout
    current = current or Path.cwd()
    if any((current / name).is_file() for name in FILES):
        return current
    given = environ.get("XDG_CONFIG_HOME", "")
    home = Path(environ.get("HOME") or Path.home())
    return (Path(given) if Path(given).is_absolute() else home / ".config") / "gigagate"


def is_checkout(package: Path = _PACKAGE) -> bool:
    """Whether this package lies in a clone of the project, not among installed packages."""
    return package.parent.name == "addons" and (package.parents[1] / "pyproject.toml").is_file()
