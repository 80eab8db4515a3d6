"""The upstream's side of the translation: GigaChat v1 on the wire.  Pure."""
