import pytest

from gigagate.core import wire_head
from gigagate.errors import InvalidRequest


def test_what_we_send_passes() -> None:
    wire_head.check("POST", "/api/v1/files?x=%20y", {"content-type": "a/b; c=d", "x": ""})


@pytest.mark.parametrize("evil", ["\r\n", "\n", "\r", "\0", " ", "\x7f", "\x85", "ж", "\u2028"])
@pytest.mark.parametrize("at", ["/v1/balance?a={}b", "/v1/b{}", "{}/v1"])
def test_no_path_holds_anything_else(evil: str, at: str) -> None:
    with pytest.raises(InvalidRequest):
        wire_head.check("GET", at.format(evil), {})


@pytest.mark.parametrize("evil", ["\r\n", "\n", "\r", "\0", "\x7f", "\x85", "ж", "\t"])
def test_no_header_holds_a_line_break_or_what_is_taken_for_one(evil: str) -> None:
    for headers in ({"content-type": f"a{evil}b"}, {f"x{evil}y": "z"}):
        with pytest.raises(InvalidRequest):
            wire_head.check("GET", "/", headers)
    with pytest.raises(InvalidRequest):
        wire_head.check(f"GET{evil}", "/", {})
