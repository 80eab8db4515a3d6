import pytest

from gigagate.core.model_map import resolve, resolve_embedder
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
        ("GigaChat-3-Lightning", "GigaChat-3-Lightning"),
        ("gigachat-3-pro", "GigaChat-3-Pro"),
        ("gigachat-2-reasoning", "GigaChat-2-Reasoning"),
        ("GigaChat-3.5-Nova-Fast:32.9", "GigaChat-3.5-Nova-Fast:32.9"),
        ("gigachat-3.5-nova-preview", "GigaChat-3.5-Nova-preview"),
        ("gigachat-lite", "GigaChat-2"),
        ("GigaChat-Lite", "GigaChat-2"),
        ("gigachat-turbo", "GigaChat-2-Max"),
        ("claude-haiku-4-5-20251001", "GigaChat-2"),
        ("gpt-4o-mini", "GigaChat-2"),
        ("gpt-5.6-luna", "GigaChat-2"),
        ("models/Gemini-3-Flash-Preview", "GigaChat-2"),
        ("gemini-2.5-flash-lite", "GigaChat-2"),
        ("gpt-4.1-nano", "GigaChat-2"),
        ("gemini-3-pro-preview", "GigaChat-2-Max"),
        ("minimax-m2", "GigaChat-2-Max"),
        ("claude-opus-5-5", "GigaChat-2-Max"),
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


def test_settings_win_over_the_words_for_a_light_model() -> None:
    policy = Policy(
        aliases={"claude-haiku-*": "GigaChat-2-Pro"}, light_model="GigaChat-3-Lightning"
    )
    assert resolve("claude-haiku-4-5", policy, Notes()) == "GigaChat-2-Pro"
    assert resolve("gpt-5-mini", policy, Notes()) == "GigaChat-3-Lightning"
    assert resolve("gpt-5-mini", Policy(unknown_models="pass"), Notes()) == "gpt-5-mini"


def test_what_gigachat_lists_passes_in_any_case_of_letters() -> None:
    listed = {
        "glm-5.1": "glm-5.1",
        "qwen3-embed": "Qwen3-Embed",
        "deepseek-flash": "DeepSeek-Flash",
    }
    policy = Policy(listed=listed, unknown_models="refuse")
    assert resolve("GLM-5.1", policy, Notes()) == "glm-5.1"
    assert resolve("deepseek-flash", policy, Notes()) == "DeepSeek-Flash"
    assert resolve_embedder("qwen3-embed", policy, Notes()) == "Qwen3-Embed"
    for wrong, of_what in ((resolve, "qwen3-embed"), (resolve_embedder, "glm-5.1")):
        with pytest.raises(NotFound):
            wrong(of_what, policy, Notes())
