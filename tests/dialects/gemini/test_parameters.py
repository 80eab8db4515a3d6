"""Every row of the tables is true of what goes to GigaChat."""

import json
from typing import Any

import pytest
from google.genai.types import GenerationConfig

from gigagate.core.http import ClientRequest
from gigagate.core.parameter_table import Row
from gigagate.core.policy import Policy
from gigagate.core.value_types import Anything, Boolean, Number, Strings
from gigagate.dialects.gemini import parameters
from gigagate.errors import ClientError, UnsupportedFeature
from gigagate.exchange import Exchange

SAMPLE = {Anything: "x", Boolean: True, Strings: ["a"]}
ROWS = [
    pytest.param(place, row, id=f"{place or 'request'} {row.name}")
    for place, table in (("", parameters.TABLE), ("generationConfig", parameters.CONFIG))
    for row in table
]


def exchange(place: str = "", *, strict: bool = False, **fields: Any) -> Exchange:
    given = {place: fields} if place else fields
    body = json.dumps({"contents": [{"parts": [{"text": "hi"}]}], **given}).encode()
    request = ClientRequest("POST", "/v1beta/models/gigachat:generateContent", {}, body)
    return Exchange(request, Policy(strict=strict), request_id="ab" * 16, now=1)


def sent(place: str = "", *, strict: bool = False, **fields: Any) -> dict[str, Any]:
    upstream = exchange(place, strict=strict, **fields).upstream_request()
    body: dict[str, Any] = json.loads(upstream.body)
    return body


def sample(row: Row) -> Any:
    if isinstance(row.accepts, Number):
        high = row.accepts.high
        return high if high is not None else (row.accepts.low or 0) + 1
    return SAMPLE[type(row.accepts)]


@pytest.mark.parametrize(("place", "row"), ROWS)
def test_a_parameter_meets_its_fate(place: str, row: Row) -> None:
    value = sample(row)
    match row.fate:
        case "kept" | "clamped":
            name = {"topP": "top_p", "maxOutputTokens": "max_tokens"}.get(row.name, row.name)
            assert sent(place, **{row.name: value})[name] == value
        case "refused":
            with pytest.raises(UnsupportedFeature, match=row.name):
                sent(place, **{row.name: value})
            for neutral in row.neutral:
                assert sent(place, **{row.name: neutral}) == sent()
        case "dropped":
            asking = exchange(place, **{row.name: value})
            assert json.loads(asking.upstream_request().body) == sent()
            assert row.name in " ".join(note.text for note in asking.notes)
            if row.meaning_changes:
                with pytest.raises(ClientError, match=row.name):
                    sent(place, strict=True, **{row.name: value})
            for neutral in (*row.neutral, None):
                assert sent(place, strict=True, **{row.name: neutral}) == sent()
        case "translated" | "emulated":
            assert row.name == "model" or row.name not in sent()
        case _:
            raise AssertionError(row.fate)


def test_every_parameter_of_googles_has_a_row() -> None:
    googles = {name.replace("_", "").lower() for name in GenerationConfig.model_fields}
    assert googles - {row.name.lower() for row in parameters.CONFIG} == set()
