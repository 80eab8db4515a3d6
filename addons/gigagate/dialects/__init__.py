"""The client's side of the translation, one file a dialect.  Pure."""
