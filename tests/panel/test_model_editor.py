"""The settings file changes in its models alone, and only into what the start accepts."""

from pathlib import Path

import pytest
import yaml

from gigagate.errors import SettingsError
from gigagate.panel.model_editor import ModelEditor, edited

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "config" / "gigachat.yaml").read_text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment\n",
        "models:\n",
        "models:\n  default: A  # mine\n  aliases:\n    a: b\nlimits:\n  slots: 3\n",
        SHIPPED,
    ],
    ids=["empty", "comment", "bare", "full", "shipped"],
)
def test_models_change_and_comments_stay(text: str) -> None:
    new = edited(text, {"default": "GigaChat-2-Pro", "aliases": {"gpt-*": "GigaChat-2"}})
    read = yaml.safe_load(new)
    assert read["models"]["default"] == "GigaChat-2-Pro"
    assert read["models"]["aliases"] == {"gpt-*": "GigaChat-2"}
    assert [line for line in text.splitlines() if line.strip().startswith("#")] == [
        line for line in new.splitlines() if line.strip().startswith("#")
    ]
    before = yaml.safe_load(text) or {}
    assert {k: v for k, v in read.items() if k != "models"} == {
        k: v for k, v in before.items() if k != "models"
    }


def test_fallback_models_are_written_and_stay_where_they_are_not_named() -> None:
    new = edited(SHIPPED, {"fallback": {"GigaChat-2-Max": ["GigaChat-2-Pro", "GigaChat-2"]}})
    assert yaml.safe_load(new)["models"]["fallback"] == {
        "GigaChat-2-Max": ["GigaChat-2-Pro", "GigaChat-2"]
    }
    kept = edited(new, {"default": "GigaChat-2"})
    assert yaml.safe_load(kept)["models"]["fallback"] == yaml.safe_load(new)["models"]["fallback"]
    gone = edited(new, {"fallback": {}})
    assert not yaml.safe_load(gone)["models"]["fallback"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"default": ""},
        {"light": 3},
        {"aliases": []},
        {"aliases": {"a": ""}},
        {"aliases": {"": "b"}},
        {"fallback": []},
        {"fallback": {"a": []}},
        {"fallback": {"a": "b"}},
        {"fallback": {"a": [""]}},
    ],
)
def test_nonsense_is_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        edited("", wanted)


@pytest.mark.parametrize("text", ["a: [", "- list\n", "just text"])
def test_a_broken_file_is_left_to_its_owner(text: str) -> None:
    with pytest.raises(SettingsError):
        edited(text, {"default": "GigaChat-2"})


def test_what_the_start_refuses_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "gigachat.yaml"
    file.write_text("# mine\n")

    def refuse(candidate: Path) -> None:
        raise SettingsError("no")

    with pytest.raises(SettingsError):
        ModelEditor(file, refuse).change({"default": "GigaChat-2"})
    assert file.read_text() == "# mine\n"
    assert list(tmp_path.iterdir()) == [file]


def test_a_change_is_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "config" / "gigachat.yaml"
    editor = ModelEditor(file, lambda candidate: None)
    editor.change({"default": "GigaChat-2"})
    assert "GigaChat-2" in file.read_text()
    editor.undo()
    assert file.read_text() == ""
    editor.undo()
    assert "GigaChat-2" in file.read_text(), "the undo is a change, too"
