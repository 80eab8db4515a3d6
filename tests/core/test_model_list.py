from gigagate.core import model_list
from gigagate.core.model_list import FRESH, ModelList
from gigagate.core.policy import Policy

UPSTREAM = [
    {"id": "GigaChat-2", "object": "model", "owned_by": "salutedevices", "type": "chat"},
    {"id": "GigaChat", "object": "model", "owned_by": "salutedevices", "type": "chat"},
    {"id": "GigaChat-2"},
    {"object": "model"},
    {"id": 7},
    {"id": "glm-5.1", "owned_by": {"no": "text"}},
]


def test_the_aliases_come_first_and_hide_real_models() -> None:
    policy = Policy(aliases={"gigachat": "GigaChat-2-Max", "gpt-*": "GigaChat-2"})
    shown = model_list.shown(policy, UPSTREAM)
    assert [(one.name, one.owner, one.means) for one in shown] == [
        ("gigachat", "gigagate", "GigaChat-2-Max"),
        ("GigaChat-2", "salutedevices", "GigaChat-2"),
        ("glm-5.1", "salutedevices", "glm-5.1"),
    ]
    assert [one.model.pictures for one in shown] == [True, False, True]


def test_a_list_is_fresh_for_minutes_and_kept_for_longer() -> None:
    models = ModelList()
    assert models.fresh(1000) is None
    models.keep(UPSTREAM, 1000)
    assert models.fresh(1000 + FRESH - 1) is UPSTREAM
    assert models.fresh(1000 + FRESH) is None
    assert models.fresh(999) is None, "the clock was put back"
    assert models.last is UPSTREAM
    assert models.names == {
        "gigachat-2": "GigaChat-2",
        "gigachat": "GigaChat",
        "glm-5.1": "glm-5.1",
    }
