"""What `mitmdump -s addons/gigachat_proxy.py` loads: builds the addons and lists them."""

from gigagate.hooks import build

addons = build()
