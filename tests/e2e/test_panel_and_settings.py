"""What the panel saves or takes back is in force when it answers, or it says why not."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from tests.support.proxy import Proxy

from gigagate.emulator import Emulator, EmulatorThread

ADMIN = "an-admin-s-long-key"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with EmulatorThread(state_dir=tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


class Admin:
    def __init__(self, proxy: Proxy) -> None:
        self._url = proxy.url
        self._session = requests.Session()
        page = self._session.post(f"{proxy.url}/admin/login", data={"key": ADMIN}, timeout=20)
        (form,) = re.findall(r'"form": ?"([^"]+)"', page.text)
        self._session.headers["x-gigagate-form"] = form

    def asks(self, path: str) -> dict[str, Any]:
        told: dict[str, Any] = self._session.get(f"{self._url}/admin/api/{path}", timeout=20).json()
        return told

    def sends(self, path: str, body: object) -> dict[str, Any]:
        answer = self._session.post(f"{self._url}/admin/api/{path}", json=body, timeout=20)
        told: dict[str, Any] = answer.json()
        return told

    def default(self) -> str:
        name = self.asks("models")["default"]
        (row,) = (r for r in self.asks("settings")["settings"] if r["key"] == "models.default")
        assert row["value"] == name
        return str(name)


@contextmanager
def run(
    emulator: Emulator, folder: Path, **environment: str
) -> Iterator[tuple[Proxy, Admin, Path]]:
    """The file of its settings as well."""
    proxy = Proxy(emulator, folder, environment={"GIGAGATE_ADMIN_KEY": ADMIN} | environment)
    file = Path(proxy.environment["GIGAGATE_CONFIG"])
    file.write_text("")
    with proxy:
        yield proxy, Admin(proxy), file


@pytest.mark.parametrize("before", ["", "\n\n", "# mine\n"], ids=ascii)
def test_a_change_and_its_end_are_in_force_at_once(
    emulator: Emulator, tmp_path: Path, before: str
) -> None:
    """Also where there was nothing in the file."""
    with run(emulator, tmp_path) as (proxy, admin, file):
        file.write_text(before)
        saved = {"saved": True, "refused": ""}
        assert admin.sends("models", {"default": "GigaChat-2"}) == saved
        assert admin.default() == "GigaChat-2"
        assert admin.sends("models/undo", {}) == saved
        assert admin.default() == "GigaChat-2-Max"
        assert admin.sends("models/undo", {}) == saved
        assert admin.default() == "GigaChat-2"
        assert "The old settings stay" not in proxy.output()


def test_what_is_saved_and_not_in_force_says_so(emulator: Emulator, tmp_path: Path) -> None:
    with run(emulator, tmp_path) as (_, admin, file):
        file.write_text("upstream: {scope: GIGACHAT_API_CORP}\n")
        restart = "A change of upstream needs a restart"
        assert admin.asks("settings")["refused"] == restart
        told = admin.sends("models", {"default": "GigaChat-2"})
        assert told == {"saved": True, "refused": restart}
        assert yaml.safe_load(file.read_text())["models"] == {"default": "GigaChat-2"}
        assert admin.default() == "GigaChat-2-Max"
        file.write_text("models: {default: GigaChat-2, defualt: x}\n")
        refused = admin.asks("models")["refused"]
        assert "defualt" in refused
        assert "The old settings stay" in refused
        error = admin.sends("models", {"light": "GigaChat-2"})["error"]["message"]
        assert f"{file.name}:" in error
        assert "candidate" not in error
        file.write_text("models: {default: GigaChat-2}\n")
        assert admin.asks("models")["refused"] == ""
        assert admin.default() == "GigaChat-2"


def test_a_variable_that_wins_over_the_file_is_named(emulator: Emulator, tmp_path: Path) -> None:
    with run(emulator, tmp_path, GIGACHAT_MODEL="GigaChat-2-Pro") as (_, admin, _):
        assert admin.asks("models")["set_by"] == {"default": "GIGACHAT_MODEL"}


@pytest.mark.parametrize(
    "body", [{"unknown": "x"}, {"default": "a\0"}, {"aliases": {"a\nb": "c"}}, []], ids=str
)
def test_what_is_no_change_of_models_is_refused(
    emulator: Emulator, tmp_path: Path, body: object
) -> None:
    with run(emulator, tmp_path) as (_, admin, file):
        assert admin.sends("models", body)["error"]["code"] == "invalid_request"
        assert file.read_text() == ""
