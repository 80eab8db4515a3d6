"""The documents do what they say: the requests of test_requests.md, the programs of files.md."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from tests.support.proxy import Proxy

from gigagate.emulator.thread import EmulatorThread

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "test_requests.md").read_text()
FILES = (ROOT / "docs" / "files.md").read_text()
EXAMPLE = re.compile(
    r"```sh\n(?P<command>.+?)```\s+Expect (?P<status>\d+)(?:(?!```).)*"
    r"```(?P<form>json|text)\n(?P<expected>.+?)\n```",
    re.DOTALL,
)


class Example(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    status: int
    expected: Any
    """A part of the answer: parsed JSON, or text."""


def parse(match: re.Match[str]) -> Example:
    words = shlex.split(match["command"].replace("\\\n", ""))
    assert words[0] == "curl"
    headers: dict[str, str] = {}
    body, url = None, ""
    rest = iter(words[1:])
    for word in rest:
        if word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest).encode()
        elif not word.startswith("-"):
            url = word
    path = url.removeprefix("http://localhost:4000")
    expected = json.loads(match["expected"]) if match["form"] == "json" else match["expected"]
    method = "GET" if body is None else "POST"
    return Example(method, path, headers, body, int(match["status"]), expected)


EXAMPLES = [parse(match) for match in EXAMPLE.finditer(DOCUMENT)]


def contains(whole: Any, part: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            name in whole and contains(whole[name], value) for name, value in part.items()
        )
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(contains, whole, part))
    return bool(whole == part)


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("documented")
    with EmulatorThread(state_dir=folder) as emulator, Proxy(emulator, folder) as proxy:
        yield proxy


def test_every_command_in_the_document_is_an_example() -> None:
    assert len(EXAMPLES) == DOCUMENT.count("curl ") > 10


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.path}")
def test_the_answer_is_the_documented_one(proxy: Proxy, example: Example) -> None:
    answer = requests.request(
        example.method,
        f"{proxy.url}{example.path}",
        headers=example.headers,
        data=example.body,
        timeout=30,
    )
    assert answer.status_code == example.status, answer.text
    answer.encoding = "utf-8"
    if isinstance(example.expected, str):
        assert example.expected in answer.text
    else:
        assert contains(answer.json(), example.expected), answer.text


def program(kind: str, proxy: Proxy) -> str:
    blocks = re.findall(rf"^```{kind}\n(.+?)^```$", FILES, re.DOTALL | re.MULTILINE)
    return "\n".join(blocks).replace("http://localhost:4000", proxy.url)


def said_by(*command: str, folder: Path) -> str:
    return subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout


def test_the_commands_about_files_run_as_they_stand(proxy: Proxy) -> None:
    said = said_by("bash", "-euo", "pipefail", "-c", program("sh", proxy), folder=ROOT)
    assert said.count("Файлов вижу: 1") == 2
    assert '"deleted":true' in said


def test_the_programs_about_files_run_as_they_stand(proxy: Proxy) -> None:
    folder = ROOT / "docs" / "examples" / "files"
    said = said_by(sys.executable, "-c", program("python", proxy), folder=folder)
    assert said.count("Файлов вижу: 1") == 2
    assert f"![image]({proxy.url}/v1/files/" in said
