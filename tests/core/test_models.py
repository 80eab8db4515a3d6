import pytest

from gigagate.core import models
from gigagate.core.models import Model, OwnRow


@pytest.mark.parametrize(
    ("name", "window", "pictures", "functions", "embeds"),
    [
        ("GigaChat-2", 131_072, False, True, False),
        ("gigachat-2:2.0.28", 131_072, False, True, False),
        ("GigaChat-2-preview", 131_072, False, True, False),
        ("GigaChat-2-Max", 131_072, True, True, False),
        ("GigaChat-3-Lightning", 131_072, False, True, False),
        ("GigaChat-9-Nova", 131_072, True, True, False),
        ("glm-5.1", 131_072, True, True, False),
        ("Embeddings", 512, False, False, True),
        ("EmbeddingsGigaR", 4_096, False, False, True),
        ("Qwen-Embed", 512, False, False, True),
    ],
)
def test_what_is_known_of_a_model(
    name: str, window: int, pictures: bool, functions: bool, embeds: bool
) -> None:
    model = models.of(name)
    assert model[0] == window
    assert (model.pictures, model.functions, model.embeds) == (pictures, functions, embeds)


def test_a_row_of_the_settings_wins_in_what_it_says() -> None:
    own = {
        "GigaChat-2-Pro": OwnRow(max_output=16_384, price=500.0),
        "gigachat-2-*": OwnRow(context_window=261_120, pictures=False),
        "*": OwnRow(functions=False),
    }
    pro = models.of("GigaChat-2-Pro-preview:7", own)
    assert pro == Model(131_072, 16_384, price=500.0, source="the settings")
    assert models.of("gigachat-2-max", own)[:3] == (261_120, 8_192, False)
    assert not models.of("Anything", own).functions


def test_every_row_says_where_it_is_from() -> None:
    assert all(models.of(name).source for name in (*models.KNOWN, *models.KNOWN_EMBEDDERS))
