"""Environment, .env and config/gigachat.yaml become one frozen Settings, or one line of error.

known_models.py  what is known of a model, with its price of the settings
schema.py       every setting, its type and its default: the dataclasses are the schema
environment.py  every variable, and which setting it sets
yaml_file.py    the YAML file, with the line of each key
build.py        what was given, checked against the type hints
values.py       the types' finer rules: addresses, bounds
text_file.py    their text, in any encoding editors write
protection.py   what a change must not take away by accident
upstream.py     where GigaChat is, and the credentials for it
login.py        the kinds of credentials, and which may stand together
secret.py       values that must never be shown
"""

from gigagate.settings.login import CertificateFiles, Login
from gigagate.settings.schema import (
    Access,
    Limits,
    Settings,
)
from gigagate.settings.secret import Secret
from gigagate.settings.upstream import Upstream

__all__ = [
    "Access",
    "CertificateFiles",
    "Limits",
    "Login",
    "Secret",
    "Settings",
    "Upstream",
]
