"""Real programs some tests need besides Python: used where they are, skipped where they are not.

tests/install_extras.sh puts them there.  With CI=true a missing one is a failure, so that a green
run has really run everything.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import pytest

CACHE = Path(__file__).parents[2] / ".cache"
NODE = CACHE / "node" / "node_modules" / ".bin"
"""Comes first on PATH for programs of Node's: a Node of our own may be there too."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "node": ("node",),
    "cline": ("cline",),
    "cline 3": (str(CACHE / "cline-3" / "node_modules" / ".bin" / "cline"),),
    "continue": (str(CACHE / "continue" / "node_modules" / ".bin" / "cn"),),
    "qwen code": (str(CACHE / "qwen-code" / "node_modules" / ".bin" / "qwen"),),
    "opencode": tuple(map(str, CACHE.glob("opencode/node_modules/opencode-*/bin/opencode"))),
    "claude code": tuple(
        map(str, CACHE.glob("claude-code/node_modules/@anthropic-ai/claude-code-*/claude"))
    ),
    "gemini cli": (str(CACHE / "gemini-cli" / "node_modules" / ".bin" / "gemini"),),
    "codex": tuple(map(str, CACHE.glob("codex/node_modules/@openai/codex/vendor/*/bin/codex"))),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),
    "tinyproxy": ("tinyproxy", "/usr/sbin/tinyproxy"),
    "nginx": ("nginx", "/usr/sbin/nginx"),
    "tmux": ("tmux",),
    "redis": ("redis-server", "valkey-server"),
}
"""Part -> the programs that may be it."""

LIBRARIES: Mapping[str, Path] = {
    "ai sdk": CACHE / "ai-sdk" / "node_modules",
    "axe": CACHE / "axe-core" / "node_modules" / "axe-core",
}
"""Part -> the folder in which Node finds it."""


def real_part(name: str) -> Path | None:
    for program in NAMES[name]:
        found = shutil.which(program, path=f"{NODE}{os.pathsep}{os.environ.get('PATH', '')}")
        if found is not None:
            return Path(found)
    return None


def require_real_part(name: str, environ: Mapping[str, str] = os.environ) -> Path:
    """The program, or a skipped test that says what is missing (a failed one in CI)."""
    found = real_part(name)
    return found or _missing(name, environ)


def require_library(name: str, environ: Mapping[str, str] = os.environ) -> Path:
    """As require_real_part, of LIBRARIES."""
    require_real_part("node", environ)
    folder = LIBRARIES[name]
    return folder if folder.is_dir() else _missing(name, environ)


def _missing(name: str, environ: Mapping[str, str]) -> NoReturn:
    reason = f"{name} is not installed here: ./run.sh test installs it where it can"
    if environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
