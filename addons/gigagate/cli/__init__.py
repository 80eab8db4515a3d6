"""The verbs of `python -m gigagate`.  Heavy imports wait until a verb needs them."""

from pathlib import Path

from gigagate import home

ADDONS = Path(__file__).resolve().parents[2]
"""What Python must find to import us: addons/ of a checkout, or the installed packages."""

ENTRY = ADDONS / "gigachat_proxy.py"
"""What `mitmdump -s` loads."""

COMMAND = "./run.sh" if home.is_checkout() else "gigagate"
"""How the person who reads a message calls us."""
