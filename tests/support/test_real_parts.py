from pathlib import Path

import pytest
from tests.support import real_parts


def test_a_missing_part_skips_locally_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(real_parts, "NODE", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="cline is not installed"):
        real_parts.require_real_part("cline", {})
    with pytest.raises(pytest.fail.Exception, match="cline is not installed"):
        real_parts.require_real_part("cline", {"CI": "true"})


def test_any_of_a_parts_programs_will_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(real_parts, "NODE", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    program = tmp_path / "valkey-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert real_parts.require_real_part("redis", {"CI": "true"}) == program
