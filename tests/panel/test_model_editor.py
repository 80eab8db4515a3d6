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
        {"default": "GigaChat\n2"},
        {"default": "\ud800"},
        {"aliases": {"a": "b\0"}},
        {"fallback": []},
        {"fallback": {"a": []}},
        {"fallback": {"a": "b"}},
        {"fallback": {"a": [""]}},
    ],
)
def test_nonsense_is_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        edited("", wanted)


@pytest.mark.parametrize("text", ["a: [", "- list\n", "just text", "models: 3\n", "a: 1\na: 2\n"])
def test_a_broken_file_is_left_to_its_owner(text: str) -> None:
    with pytest.raises(SettingsError):
        edited(text, {"default": "GigaChat-2"})


def test_what_the_start_refuses_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "gigachat.yaml"
    file.write_text("# mine\n")

    def refuse(candidate: Path) -> None:
        raise SettingsError(f"{candidate.name}:3: no")

    with pytest.raises(SettingsError, match=r"^gigachat\.yaml:3: no"):
        ModelEditor(file, refuse).change({"default": "GigaChat-2"})
    assert file.read_text() == "# mine\n"
    assert list(tmp_path.iterdir()) == [file]


def test_a_change_is_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "config" / "gigachat.yaml"
    editor = ModelEditor(file, lambda candidate: None)
    editor.change({"default": "GigaChat-2"})
    assert "GigaChat-2" in file.read_text()
    editor.undo()
    assert not yaml.safe_load(file.read_text())
    assert file.read_text().strip(), "an empty file would be taken for one cut short"
    editor.undo()
    assert "GigaChat-2" in file.read_text(), "the undo is a change, too"


def test_what_changes_nothing_is_no_change(tmp_path: Path) -> None:
    file = tmp_path / "gigachat.yaml"
    editor = ModelEditor(file, lambda candidate: None)
    editor.change({"default": "GigaChat-2"})
    editor.change({"default": "GigaChat-2"})
    editor.undo()
    assert "GigaChat-2" not in file.read_text()


def test_a_link_stays_one_and_whoever_could_read_the_file_still_can(tmp_path: Path) -> None:
    real, link = tmp_path / "shared" / "real.yaml", tmp_path / "gigachat.yaml"
    real.parent.mkdir()
    real.write_text("# mine\n")
    real.chmod(0o644)
    link.symlink_to(real)
    editor = ModelEditor(link, lambda candidate: None)
    editor.change({"default": "GigaChat-2"})
    assert link.is_symlink()
    assert "GigaChat-2" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o644
    assert editor.can_undo


@pytest.mark.parametrize(
    "old",
    [
        "# моё\r\nlog:\r\n  format: json\r\n".encode(),
        "\ufeff# моё\n".encode(),
        "# моё".encode("utf-16"),
    ],
    ids=["crlf", "BOM", "utf-16"],
)
def test_a_file_of_any_editor_is_changed_and_comes_back_byte_by_byte(
    tmp_path: Path, old: bytes
) -> None:
    file = tmp_path / "gigachat.yaml"
    file.write_bytes(old)
    editor = ModelEditor(file, lambda candidate: None)
    editor.change({"default": "GigaChat-2"})
    new = file.read_bytes().decode()
    assert "моё" in new
    assert yaml.safe_load(new)["models"] == {"default": "GigaChat-2"}
    assert new.count("\n") == new.count("\r\n") or b"\r" not in old
    editor.undo()
    assert file.read_bytes() == old


def test_a_file_that_cannot_be_replaced_keeps_its_undo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is mounted by itself into a container is busy."""
    file = tmp_path / "gigachat.yaml"
    editor = ModelEditor(file, lambda candidate: None)
    editor.change({"default": "GigaChat-2"})
    before = {one: one.read_bytes() for one in tmp_path.iterdir()}
    replace = Path.replace

    def busy(self: Path, target: Path) -> Path:
        if target == file:
            raise OSError(16, "Device or resource busy")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", busy)
    with pytest.raises(SettingsError, match="busy"):
        editor.change({"default": "GigaChat-2-Pro"})
    assert {one: one.read_bytes() for one in tmp_path.iterdir()} == before
