"""The models' part of the panel's API: what there is, what is asked by which name, the editor."""

import os
from collections.abc import Callable
from pathlib import Path

from mitmproxy import http

from gigagate import home
from gigagate.core import models as model_table
from gigagate.core.policy import DEFAULT_ALIASES
from gigagate.errors import InvalidRequest, SettingsError
from gigagate.hooks.panel.door import Admin
from gigagate.hooks.panel.routes import Look, Routes, Told, body_of, only
from gigagate.hooks.runtime import Runtime
from gigagate.panel.model_editor import CHANGES, NAMES, ModelEditor
from gigagate.panel.origins import Origins
from gigagate.settings import Settings, known_models
from gigagate.settings.environment import CONFIG
from gigagate.threads import in_thread


class ModelsPart:
    def __init__(self, runtime: Runtime, look: Look) -> None:
        self._runtime = runtime
        self._look = look
        self.routes: Routes = {
            ("GET", "models"): self.told,
            ("POST", "models"): self.change,
            ("POST", "models/undo"): self.undo,
        }

    async def told(self, request: http.Request, admin: Admin) -> Told:
        """What is in force; "refused": why the files are not, "set_by": who wins over them."""
        refused = self._look()
        settings = self._runtime.settings
        own = {
            alias: model
            for alias, model in settings.models.aliases.items()
            if DEFAULT_ALIASES.get(alias) != model
        }
        listed = [
            str(one.get("id")) for account in self._runtime.accounts for one in account.models.last
        ]
        names = dict.fromkeys([*listed, *model_table.KNOWN, *model_table.KNOWN_EMBEDDERS])
        return {
            "default": settings.models.default,
            "light": settings.models.light,
            "embeddings": settings.models.embeddings,
            "aliases": own,
            "fallback": {name: list(instead) for name, instead in settings.models.fallback.items()},
            "known": [_known(name, settings) for name in names],
            "file": str(_config_file(settings)),
            "can_undo": self._editor().can_undo,
            "refused": refused,
            "set_by": _variables(settings),
        }

    async def change(self, request: http.Request, admin: Admin) -> Told:
        wanted, editor = body_of(request), self._editor()
        only(wanted, CHANGES)
        return await self._saved(lambda: editor.change(wanted))

    async def undo(self, request: http.Request, admin: Admin) -> Told:
        return await self._saved(self._editor().undo)

    async def _saved(self, change: Callable[[], None]) -> Told:
        """Raises InvalidRequest: whoever asks for the change can mend it."""
        try:
            await in_thread(change, "settings")
        except SettingsError as error:
            raise InvalidRequest(error.message) from None
        return {"saved": True, "refused": self._look()}

    def _editor(self) -> ModelEditor:
        return ModelEditor(_config_file(self._runtime.settings), _check)


def _variables(settings: Settings) -> dict[str, str]:
    """Name of a model's setting -> the variable that wins over the file."""
    origins = Origins(settings.sources)
    return {name: variable for name in NAMES if (variable := origins.variable(f"models.{name}"))}


def _known(name: str, settings: Settings) -> Told:
    model = known_models.of(name, settings)
    return {
        "name": name,
        "context_window": model.context_window,
        "max_output": model.max_output,
        "pictures": model.pictures,
        "price": model.price,
    }


def _config_file(settings: Settings) -> Path:
    return next(
        (file for file in settings.sources if file.suffix in (".yaml", ".yml")),
        home.folder(os.environ) / "config" / "gigachat.yaml",
    )


def _check(candidate: Path) -> None:
    """Raises SettingsError: by the code that reads the settings at the start."""
    Settings.load(environ={**os.environ, CONFIG: str(candidate)})
