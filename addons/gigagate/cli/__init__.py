"""The verbs of `python -m gigagate`.  Heavy imports wait until a verb needs them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
"""The checkout: .env and config/ lie here."""

ENTRY = ROOT / "addons" / "gigachat_proxy.py"
