"""No fresh install starts with a warning: what pip takes is what the tests run with."""

import os
import re
from importlib import metadata
from pathlib import Path

import pytest

from gigagate import mitmproxy_range

REQUIREMENTS = (Path(__file__).parents[1] / "requirements.txt").read_text()
OLDEST, NEWEST = mitmproxy_range.TESTED


@pytest.mark.parametrize("version", [OLDEST, NEWEST, "12.3.0"])
def test_a_release_inside_the_range_is_not_doubted(version: str) -> None:
    assert mitmproxy_range.doubt(version) is None


@pytest.mark.parametrize("version", ["12.2.2", "11.0.0", "12.99.0", "13.0.0", "12.3.1.dev"])
def test_another_one_is(version: str) -> None:
    told = mitmproxy_range.doubt(version)
    assert told is not None
    assert version in told
    assert OLDEST in told


def test_the_range_begins_where_the_requirement_does() -> None:
    found = re.search(r"^mitmproxy>=([\d.]+),<(\d+)$", REQUIREMENTS, re.MULTILINE)
    assert found is not None
    assert found[1] == OLDEST
    assert int(found[2]) == int(NEWEST.split(".")[0]) + 1


@pytest.mark.skipif(not os.environ.get("CI"), reason="a new release is for CI to find")
def test_what_pip_took_is_an_end_of_the_range() -> None:
    assert metadata.version("mitmproxy") in mitmproxy_range.TESTED
