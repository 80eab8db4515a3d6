import stat
from pathlib import Path

import pytest

from gigagate.errors import SettingsError
from gigagate.files import link_key


def test_a_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = link_key.load(path)
    assert len(key) == link_key.BYTES
    assert link_key.load(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_the_first_of_several_processes_makes_it(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"k" * link_key.BYTES)
    link_key._make(path)
    assert link_key.load(path) == b"k" * link_key.BYTES
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"short")
    with pytest.raises(SettingsError, match="damaged"):
        link_key.load(path)


def test_a_directory_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be used"):
        link_key.load(tmp_path / "missing" / "key")
