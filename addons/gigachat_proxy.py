"""What `mitmdump -s addons/gigachat_proxy.py` loads: builds the addons and lists them.

If that fails the process ends at once: mitmproxy alone would forward raw requests for a moment.
"""

import sys
import traceback

try:
    from gigagate.hooks import build

    addons = build()
except Exception:
    traceback.print_exc()
    sys.exit(1)
