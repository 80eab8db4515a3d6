import os
import subprocess
import sys

import pytest

from gigagate.core.redact import MASK, mask

KEY = "MDE5OTNkZWEtOWQ4Yi00YzVhOjZmNGQyYQ=="
JWE = "eyJjdHkiOiJqd3QiLCJlbmMiOiJBMjU2Q0JD.UGxhaW4-_a.aXY.Y2lwaGVydGV4dA.dGFn"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Basic {KEY}",
        f"authorization:{KEY}",
        f"(b'Authorization', b'Bearer {JWE}')",
        f"AUTHORIZATION: BEARER {JWE}",
        f"Bearer {JWE}",
        f"refused {JWE}, bye",
        f'{{"access_token":"{JWE}","expires_at":1}}',
        f'b\'{{"access_token": "{KEY}"}}\'',
        f'"{{\\"access_token\\":\\"{KEY}\\"}}"',
        f"GIGACHAT_AUTH_KEY={KEY}",
        f"GIGACHAT_CREDENTIALS = '{KEY}'",
        f"x-api-key: {KEY}",
        f"(b'x-api-key', b'{KEY}')",
        f"('x-api-key', '{KEY}')",
        f"api_key: {KEY} is wrong",
        f"api_key={KEY}",
        "the key sk-0123456789abcdefghij was refused",
        f"two: Bearer {JWE} and Basic {KEY}",
        f"b'GET / HTTP/1.1\\r\\nauthorization: Bearer {KEY}\\r\\nhost: x'",
    ],
)
def test_a_secret_is_masked_wherever_it_stands(text: str) -> None:
    masked = mask(text)
    assert MASK in masked
    for secret in (KEY, JWE, *JWE.split("."), "0123456789abcdefghij"):
        assert len(secret) < 6 or secret not in masked


def test_what_surrounds_a_secret_stays() -> None:
    assert mask(f"POST / Authorization: Bearer {JWE}, 200 OK") == (
        f"POST / Authorization: Bearer {MASK}, 200 OK"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "POST /v1/chat/completions << 200 OK 1.2k",
        "Привет, мир",
        "Can't decode 'Authorization' header",
        "Authorization error: header is incorrect",
        "Token has expired",
        "the keyword is basic",
        "use Basic authentication, not Bearer authorization",
        "task-0123456789abcdefghij",
        '"required": ["api_key", "location"]',
        "parameters.properties.api_key: format dropped from the schema",
        "login(access_token: string, path: string)",
        "credentials: unknown keys are left out",
        "the estimator sk-learn-compatible",
    ],
)
def test_other_texts_are_returned_as_they_are(text: str) -> None:
    assert mask(text) is text


@pytest.mark.parametrize("text", [f"see-{JWE}", f"eyJ{'a' * 5000}.{'b' * 9}.{'c' * 9}"])
def test_a_token_is_masked_after_a_dash_and_however_long(text: str) -> None:
    assert mask(text).removeprefix("see-") == MASK


def test_no_text_can_hold_the_proxy_up() -> None:
    """In another process, which can be ended; in the square of its length it would take minutes."""
    program = "from gigagate.core.redact import mask; t = 'eyJ-' * 60_000; print(mask(t) is t)"
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert run.stdout == "True\n"
