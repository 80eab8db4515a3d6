"""How do bytes reach GigaChat and the client?  mitmproxy's layers, with ours in their place."""
