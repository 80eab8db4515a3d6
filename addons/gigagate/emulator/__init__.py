"""A strict local GigaChat over TLS: for the demo, for our tests and for our users' tests."""
