"""GigaGate: OpenAI-style clients talk to Sber's GigaChat through mitmproxy.

docs/architecture.md says what each part is for, and where a change goes.
"""

__version__ = "0.1.0"
