"""Text files are read as people's systems write them."""

from pathlib import Path

import pytest
from tests.support.checkout import KEY, Checkout

from gigagate.settings import text_file

TEXT = "ИМЯ=значение\nb=2\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_line_end(encoding: str, line_end: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(TEXT.replace("\n", line_end).encode(encoding))
    assert text_file.read(file) == TEXT


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UnicodeDecodeError):
        text_file.read(tmp_path / "file")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_a_env_file_made_with_powershell_is_read(encoding: str, checkout: Checkout) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    checkout.write(".env", f"{mark}GIGACHAT_AUTH_KEY={KEY}\r\n".encode(encoding))
    key = checkout.load().authorization_key
    assert key is not None
    assert key.reveal() == KEY
