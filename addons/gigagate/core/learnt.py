"""What GigaChat's answers have taught of an account, for a while: what it may not use, and how.

Not kept on disk: what was learnt wrongly, or has changed, is learnt anew.
"""

LASTS = 600
"""Seconds."""
REMEMBERED = 200


class Learnt:
    def __init__(self) -> None:
        self._until: dict[str, int] = {}

    def add(self, fact: str, now: int) -> bool:
        """now: unix seconds.  Whether it is new."""
        known = self.has(fact, now)
        self._until.pop(fact, None)
        self._until[fact] = now + LASTS
        if len(self._until) > REMEMBERED:
            del self._until[next(iter(self._until))]
        return not known

    def has(self, fact: str, now: int) -> bool:
        return self._until.get(fact, 0) > now

    def forget(self, fact: str) -> None:
        self._until.pop(fact, None)
