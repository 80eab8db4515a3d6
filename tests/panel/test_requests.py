"""The last requests are those of all processes: bounded, numbered, and without a prompt."""

from pathlib import Path

import pytest
from tests.support.finished import finished

from gigagate.errors import StoreError
from gigagate.panel.requests import MOST, Requests
from gigagate.panel.store import FILE, PanelStore
from gigagate.panel.watch import LASTS, Watch


def test_each_process_shows_the_requests_of_all(tmp_path: Path) -> None:
    one, other = Requests(PanelStore(tmp_path)), Requests(PanelStore(tmp_path))
    one.add(finished(client="anna"))
    one.save()
    other.add(finished(client="boris"))
    found = other.after(0)
    assert [row["client"] for row in found.rows] == ["boris", "anna"]
    assert found.last == found.rows[0]["id"] > found.rows[1]["id"]


def test_only_what_is_new_is_told(tmp_path: Path) -> None:
    requests = Requests(PanelStore(tmp_path))
    assert requests.after(0) == ([], 0)
    requests.add(finished())
    first = requests.after(0)
    assert requests.after(first.last) == ([], first.last)
    requests.add(finished(client="vera"))
    assert [row["client"] for row in requests.after(first.last).rows] == ["vera"]


def test_no_more_than_the_last_thousand_is_kept(tmp_path: Path) -> None:
    requests = Requests(PanelStore(tmp_path))
    for round in range(2):
        for number in range(MOST + 50):
            requests.add(finished(client=f"{round}-{number}"))
        requests.save()
    rows = requests.after(0).rows
    assert len(rows) == MOST
    assert rows[0]["client"] == f"1-{MOST + 49}"


def test_a_new_file_begins_anew(tmp_path: Path) -> None:
    requests = Requests(PanelStore(tmp_path))
    requests.add(finished())
    last = requests.after(0).last
    (tmp_path / FILE).unlink()
    requests.add(finished(client="vera"))
    found = requests.after(last + 5)
    assert [row["client"] for row in found.rows] == ["vera"]


def test_what_cannot_be_saved_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = PanelStore(tmp_path)
    requests = Requests(store)
    requests.add(finished(client="anna"))

    def away(rows: object, most: object) -> None:
        raise StoreError("away")

    with monkeypatch.context() as patch:
        patch.setattr(store, "add_requests", away)
        with pytest.raises(StoreError):
            requests.save()
    requests.add(finished(client="boris"))
    assert [row["client"] for row in requests.after(0).rows] == ["boris", "anna"]


def test_somebody_looks_until_the_look_is_not_renewed(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    assert not watch.anyone(1000.0)
    watch.look(1000.0)
    assert Watch(tmp_path).anyone(1000.0 + LASTS - 1)
    assert not watch.anyone(1000.0 + LASTS)
