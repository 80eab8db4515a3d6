"""The client's side of the translation, one folder a dialect.  Pure."""
