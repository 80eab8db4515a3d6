"""OAuth: the form of a token, and each way in which none is given."""

import base64
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gigagate.emulator import Credential, EmulatorThread

Start = Callable[..., EmulatorThread]
SCOPE = "GIGACHAT_API_PERS"


def ask(
    emulator: EmulatorThread,
    *,
    rquid: str | None = "7f0eb2b0-5d14-4b8a-9d36-0a3c2b2d8f11",
    authorization: str | None = None,
    scope: str | None = SCOPE,
) -> httpx.Response:
    headers = {"Authorization": authorization or f"Basic {emulator.authorization_key}"}
    if rquid is not None:
        headers["RqUID"] = rquid
    data = {} if scope is None else {"scope": scope}
    return httpx.post(emulator.auth_url, headers=headers, data=data)


def test_a_token_has_the_recorded_form(emulator: EmulatorThread) -> None:
    answer = ask(emulator)
    assert answer.status_code == 200
    assert list(answer.json()) == ["access_token", "expires_at"]
    token = answer.json()["access_token"]
    assert token.startswith("eyJ")
    assert len(token.split(".")) == 5
    assert answer.headers["content-length"] == "1279"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers.get_list("x-frame-options") == ["DENY", "SAMEORIGIN"]
    assert answer.headers["server"] == "SynGX"
    assert "x-request-id" not in answer.headers
    assert emulator.oauth_calls == 1


@pytest.mark.parametrize(("unit", "factor"), [("ms", 1000), ("s", 1)])
def test_expires_at_is_half_an_hour_ahead(start: Start, unit: str, factor: int) -> None:
    before = time.time()
    expires = ask(start(expires_at=unit)).json()["expires_at"]
    assert (before + 1799) * factor <= expires <= (time.time() + 1801) * factor


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


REFUSED: list[tuple[dict[str, Any], int, int, str]] = [
    ({"rquid": None}, 400, 0, "RqUID is missing or is not a UUID v4"),
    ({"rquid": str(uuid.uuid1())}, 400, 0, "RqUID is missing or is not a UUID v4"),
    ({"scope": None}, 400, 5, "scope is empty"),
    ({"scope": ""}, 400, 5, "scope is empty"),
    ({"scope": "PERS"}, 400, 1, "scope data format invalid"),
    (
        {"scope": "GIGACHAT_API_CORP"},
        400,
        7,
        "scope from db not fully includes consumed scope",
    ),
    ({"authorization": "Basic ???"}, 401, 4, "Can't decode 'Authorization' header"),
    ({"authorization": basic("no colon")}, 401, 4, "Can't decode 'Authorization' header"),
    ({"authorization": basic("id:wrong")}, 401, 6, "credentials doesn't match db data"),
]


@pytest.mark.parametrize(("changes", "status", "code", "message"), REFUSED)
def test_a_refusal_has_a_code_and_a_message(
    emulator: EmulatorThread, changes: dict[str, Any], status: int, code: int, message: str
) -> None:
    answer = ask(emulator, **changes)
    assert answer.status_code == status
    assert answer.json() == {"code": code, "message": message}


def test_bearer_is_refused_unless_switched(start: Start) -> None:
    strict, lax = start(), start(oauth_bearer="accept")
    bearer = f"Bearer {strict.authorization_key}"
    assert ask(strict, authorization=bearer).status_code == 401
    assert ask(lax, authorization=bearer).status_code == 200


def test_too_many_calls_in_a_second_are_429(start: Start) -> None:
    emulator = start(token_requests_per_second=1)
    statuses = [ask(emulator).status_code for _ in range(5)]
    assert statuses[0] == 200
    assert 429 in statuses


def test_accounts_have_scopes_of_their_own(start: Start) -> None:
    company = Credential("company", "secret", "GIGACHAT_API_CORP")
    emulator = start(credentials=[Credential(), company])
    authorization = f"Basic {company.key}"
    corp = ask(emulator, authorization=authorization, scope="GIGACHAT_API_CORP")
    assert corp.status_code == 200
    assert ask(emulator, authorization=authorization).json()["code"] == 7


def test_no_secret_is_in_a_repr() -> None:
    assert "secret" not in repr(Credential("id", "my-secret")).replace("client_secret", "")


UNAUTHORIZED = b'{"status":401,"message":"Unauthorized"}\n'
EXPIRED = b'{"status":401,"message":"Token has expired"}\n'


@pytest.mark.parametrize("header", [None, "Bearer eyJ.unknown", "Basic abc", "Bearer"])
def test_no_token_or_an_unknown_one_is_unauthorized(
    emulator: EmulatorThread, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = httpx.get(f"{emulator.base_url}/models", headers=headers)
    assert (answer.status_code, answer.content) == (401, UNAUTHORIZED)


def test_a_token_expires(start: Start) -> None:
    emulator = start(token_seconds=-1)
    headers = {"Authorization": f"Bearer {ask(emulator).json()['access_token']}"}
    answer = httpx.get(f"{emulator.base_url}/models", headers=headers)
    assert (answer.status_code, answer.content) == (401, EXPIRED)


def test_a_revoked_token_has_expired_and_a_new_one_works(
    emulator: EmulatorThread, client: httpx.Client
) -> None:
    assert client.get("/models").status_code == 200
    emulator.revoke_tokens()
    answer = client.get("/models")
    assert (answer.status_code, answer.content) == (401, EXPIRED)
    client.headers["Authorization"] = f"Bearer {ask(emulator).json()['access_token']}"
    assert client.get("/models").status_code == 200


def test_a_get_is_not_allowed(emulator: EmulatorThread) -> None:
    assert httpx.get(emulator.auth_url).status_code == 405
