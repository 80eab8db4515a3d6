"""What Codex is told of the models, listed or not."""

from typing import Any

from gigagate.core import model_list
from gigagate.core.policy import Policy
from gigagate.dialects.openai.responses import catalogue

POLICY = Policy(aliases={"best": "GigaChat-2-Max"}, default_model="GigaChat-9")
LISTED = [{"id": "GigaChat-2-Max"}, {"id": "GigaChat-2"}, {"id": "Embeddings"}]


def told(upstream: model_list.Listed) -> dict[str, dict[str, Any]]:
    """By name, in order."""
    found = catalogue.models(model_list.shown(POLICY, upstream), POLICY)["models"]
    assert [model["priority"] for model in found] == list(range(len(found)))
    return {model["slug"]: model for model in found}


def offered(upstream: model_list.Listed) -> list[str]:
    return [name for name, model in told(upstream).items() if model["visibility"] == "list"]


def test_what_is_listed_and_talks_is_offered() -> None:
    assert offered(LISTED) == ["best", "GigaChat-2-Max", "GigaChat-2"]
    assert told(LISTED)["GigaChat-2"]["input_modalities"] == ["text"]
    assert told(LISTED)["best"]["input_modalities"] == ["text", "image"]


def test_what_is_not_listed_is_known_nevertheless() -> None:
    assert offered([]) == ["best"]
    for name in ("GigaChat-2-Max", "GigaChat-3-Ultra", "GigaChat-9"):
        assert told([])[name]["context_window"] == 131_072
        assert told([])[name]["visibility"] == "hide"
