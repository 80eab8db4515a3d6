"""What each coding agent is asked in the tests: write one file; read, edit and count another."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gigagate.emulator import Emulator, Received

CREATE = "Create the file hello.txt in the current directory with the text Привет, мир"
EDIT = (
    "Read the file notes.md, then replace `молоко 🥛` with `кефир «Ряженка»` in the file notes.md. "
    "Then run the command `wc -l < notes.md > lines.txt`"
)


def work_folder(parent: Path) -> Path:
    """With the file that is to be edited."""
    folder = parent / "work"
    folder.mkdir()
    (folder / "notes.md").write_text("- хлеб 🍞\n- молоко 🥛\n")
    return folder


def is_created(folder: Path) -> bool:
    return (folder / "hello.txt").read_text() == "Привет, мир"


def is_edited(folder: Path) -> bool:
    edited = (folder / "notes.md").read_text() == "- хлеб 🍞\n- кефир «Ряженка»\n"
    return edited and (folder / "lines.txt").read_text().strip() == "2"


def chats(emulator: Emulator) -> list[Received]:
    return [received for received in emulator.log if received.path.endswith("/chat/completions")]


def functions_called(messages: Sequence[dict[str, Any]]) -> list[str]:
    """In a history, as GigaChat gets it by either of its APIs."""
    return [
        part["function_call"]["name"]
        for message in messages
        for part in (message, *(message["content"] if isinstance(message["content"], list) else ()))
        if "function_call" in part
    ]
