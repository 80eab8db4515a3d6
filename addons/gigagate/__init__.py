"""GigaGate: OpenAI-style clients talk to Sber's GigaChat through mitmproxy.

    gigachat_proxy.py  ->  hooks        the only place that knows mitmproxy
                           exchange     one request and its answer, first byte to last    (pure)
                           dialects     the client's side of the translation              (pure)
                           gigachat     the upstream's side of the translation            (pure)
                           core         what both sides share                             (pure)
    hooks  ->  tokens, trust  ->  settings

Pure means: no mitmproxy, no I/O, no clock; bytes and plain values in, bytes and plain values out.
"""

__version__ = "0.1.0"

TESTED_MITMPROXY = "12.2.3"
"""Any other version is used with a warning."""
