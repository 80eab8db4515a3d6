import pytest

from gigagate.core.model_map import listed, resolve
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.errors import NotFound


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("gigachat", "GigaChat-2-Max"),
        ("GigaChat", "GigaChat-2-Max"),
        ("GIGACHAT-MAX", "GigaChat-2-Max"),
        ("gigachat-pro", "GigaChat-2-Pro"),
        ("GigaChat-2", "GigaChat-2"),
        ("gigachat-2-pro", "GigaChat-2-Pro"),
        ("GigaChat-2-Max-preview", "GigaChat-2-Max-preview"),
        ("GigaChat-2-Max:2.0.28.2", "GigaChat-2-Max:2.0.28.2"),
        ("gigachat-2-max:latest", "GigaChat-2-Max:latest"),
        ("GigaChat-5-Nova", "GigaChat-5-Nova"),
        ("gpt-5", "GigaChat-2-Max"),
        ("my-GigaChat-2", "GigaChat-2-Max"),
    ],
)
def test_a_name_becomes_the_model_it_means(name: str, model: str) -> None:
    notes = Notes()
    assert resolve(name, Policy(), notes) == model
    assert len(notes) == (name != model)


def test_an_unknown_name_passes_where_the_settings_say_so() -> None:
    assert resolve("qwen", Policy(unknown_models="pass"), Notes()) == "qwen"


def test_an_unknown_name_is_refused_where_the_settings_say_so() -> None:
    with pytest.raises(NotFound) as refused:
        resolve("gpt-5", Policy(unknown_models="refuse"), Notes())
    assert refused.value.status == 404
    assert refused.value.code == "model_not_found"
    assert refused.value.param == "model"
    assert "gpt-5" in refused.value.message


def test_aliases_and_real_names_are_not_refused() -> None:
    policy = Policy(unknown_models="refuse")
    assert resolve("gigachat", policy, Notes()) == "GigaChat-2-Max"
    assert resolve("GigaChat-3-Ultra", policy, Notes()) == "GigaChat-3-Ultra"


def test_an_endless_name_is_cut_in_messages() -> None:
    with pytest.raises(NotFound) as refused:
        resolve("x" * 10_000, Policy(unknown_models="refuse"), Notes())
    assert len(refused.value.message) < 300


def test_the_list_has_the_aliases_and_then_the_real_models_in_openai_form() -> None:
    upstream = [
        {"id": "GigaChat-2", "object": "model", "owned_by": "salutedevices", "type": "chat"},
        {"id": "GigaChat", "object": "model", "owned_by": "salutedevices", "type": "chat"},
        {"id": "GigaChat-2"},
        {"object": "model"},
    ]
    assert listed(Policy(aliases={"gigachat": "GigaChat-2-Max"}), upstream) == [
        {"id": "gigachat", "object": "model", "created": 0, "owned_by": "gigagate"},
        {"id": "GigaChat-2", "object": "model", "created": 0, "owned_by": "salutedevices"},
    ]
