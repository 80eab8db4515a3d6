"""What was measured once can be written again without measuring."""

import sys
from pathlib import Path

import pytest
from tests.bench import __main__ as bench
from tests.bench.report import BEGIN, END
from tests.bench.results import Circumstances, Results


def test_from_a_file_the_page_and_its_plots_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = Results(Circumstances.now("python -m tests.bench", 1, {"mitmdump": "12"}))
    results.add("mitmdump", "bodies-1000.p50", 0, 1.25)
    results.save(tmp_path / "results.json")
    page = tmp_path / "benchmarks.md"
    russian = tmp_path / "ru.md"
    for each, name in ((page, "_PAGE"), (russian, "_RUSSIAN")):
        each.write_text(f"{BEGIN}\n{END}\n")
        monkeypatch.setattr(bench, name, each)
    monkeypatch.setattr(bench, "_IMAGES", tmp_path)
    monkeypatch.setattr(sys, "argv", ["bench", "--from", str(tmp_path / "results.json"), "--write"])
    assert bench.main() == 0
    assert "| 1 KB " in page.read_text()
    assert "| 1 КБ " in russian.read_text()
    assert (tmp_path / "benchmarks-bodies.svg").exists()


def test_failures_are_told_by_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = Results(Circumstances.now("python -m tests.bench", 1, {}))
    results.failures["nginx, small"] = "HTTP 502"
    results.save(tmp_path / "results.json")
    monkeypatch.setattr(sys, "argv", ["bench", "--from", str(tmp_path / "results.json")])
    assert bench.main() == 1


@pytest.mark.parametrize(
    "words", [["--json", "/home/me/a.json"], ["--json=a.json"], ["--json", "my file.json"], []]
)
def test_the_page_does_not_tell_where_files_lie(words: list[str]) -> None:
    assert bench._command(["--quick", *words, "--write"]) == (
        "python -m tests.bench --quick --write"
    )


def test_what_is_not_known_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "--only", "small,everything"])
    with pytest.raises(SystemExit) as end:
        bench.main()
    assert end.value.code == 2
