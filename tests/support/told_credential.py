"""A credential as the proxy's state tells of it (hooks/about/credentials.py), all being well."""

from typing import Any

TOKEN = {"seconds_left": 1700, "source": "oauth", "last_error": None}


def credential(**told: object) -> dict[str, Any]:
    return {
        "name": "main",
        "usable": True,
        "problem": "",
        "again_in_seconds": 0,
        "models": [],
        "lacks_models": [],
        "slots": 10,
        "slots_in_use": 4,
        "queue_length": 0,
        "token": TOKEN,
        "certificate_days": None,
        **told,
    }
