import base64
import json
import struct
from typing import Any

import pytest
from openai.types import CreateEmbeddingResponse

from gigagate.core.pivot import Usage
from gigagate.core.policy import Policy
from gigagate.errors import InvalidRequest, UnsupportedFeature
from gigagate.exchange import ClientRequest, Exchange

VECTOR = [0.25, -1.5, 3.0]


def exchange(policy: Policy | None = None, **asked: Any) -> Exchange:
    body = json.dumps({"model": "Embeddings", "input": "текст", **asked}).encode()
    request = ClientRequest("POST", "/v1/embeddings", {}, body)
    return Exchange(request, policy or Policy(), request_id="ab" * 16, now=1)


def sent(policy: Policy | None = None, **asked: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(exchange(policy, **asked).upstream_request().body)
    return body


def answered(*vectors: Any, **asked: Any) -> Any:
    asking = exchange(**asked)
    asking.upstream_request()
    data = [
        {"object": "embedding", "index": i, "embedding": v, "usage": {"prompt_tokens": 9 + i}}
        for i, v in enumerate(vectors)
    ]
    body = {"object": "list", "model": "Embeddings", "data": data}
    return asking, asking.answer(200, {}, json.dumps(body).encode())


@pytest.mark.parametrize("text", ["текст", ["один", "два"]])
def test_text_passes_in_one_request(text: Any) -> None:
    assert sent(input=text, user="u", encoding_format="base64") == {
        "model": "Embeddings",
        "input": [text] if isinstance(text, str) else text,
    }


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("Embeddings-2", "Embeddings-2"),
        ("embeddingsgigar", "EmbeddingsGigaR"),
        ("GigaEmbeddings-9B", "GigaEmbeddings-9B"),
        ("text-embedding-3-small", "Embeddings"),
        ("mine", "Embeddings-2"),
    ],
)
def test_a_foreign_name_becomes_the_default_model(name: str, model: str) -> None:
    assert sent(Policy(aliases={"mine": "Embeddings-2"}), model=name)["model"] == model


@pytest.mark.parametrize("tokens", [[1, 2, 3], [[1, 2], [3]]])
def test_token_ids_are_refused_with_advice(tokens: Any) -> None:
    with pytest.raises(UnsupportedFeature, match="send text") as raised:
        sent(input=tokens)
    assert raised.value.param == "input"


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"input": []}, "input"),
        ({"input": None}, "input"),
        ({"input": ""}, "input[0]"),
        ({"input": ["a", {}]}, "input[1]"),
        ({"model": 1}, "model"),
        ({"encoding_format": "hex"}, "encoding_format"),
        ({"dimensions": "many"}, "dimensions"),
    ],
)
def test_what_is_wrong_is_named(asked: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        sent(**asked)
    assert raised.value.param == param


def test_usage_is_summed_at_the_top() -> None:
    asking, answer = answered(VECTOR, VECTOR)
    parsed = CreateEmbeddingResponse.model_validate_json(answer.body, strict=True)
    assert parsed.usage.prompt_tokens == parsed.usage.total_tokens == 19
    assert [item.index for item in parsed.data] == [0, 1]
    assert parsed.data[0].embedding == VECTOR
    assert asking.report.usage == Usage(19, 0, 0)


def test_base64_is_little_endian_float32() -> None:
    _, answer = answered(VECTOR, encoding_format="base64")
    encoded = json.loads(answer.body)["data"][0]["embedding"]
    assert list(struct.unpack("<3f", base64.b64decode(encoded))) == VECTOR


def test_the_models_own_dimensions_are_fine() -> None:
    _, answer = answered(VECTOR, dimensions=3)
    assert answer.status == 200


def test_other_dimensions_are_refused_with_the_models_own() -> None:
    _, answer = answered(VECTOR, dimensions=2)
    assert answer.status == 400
    error = json.loads(answer.body)["error"]
    assert error["param"] == "dimensions"
    assert "must be 3" in error["message"]


@pytest.mark.parametrize("vector", [None, ["a"], [1e300]])
def test_a_vector_of_no_numbers_is_the_upstreams_error(vector: Any) -> None:
    _, answer = answered(vector, encoding_format="base64")
    assert answer.status == 502
