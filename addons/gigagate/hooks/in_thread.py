"""Blocking work for a hook; see gigagate.threads."""

from gigagate.threads import in_thread

__all__ = ["in_thread"]
