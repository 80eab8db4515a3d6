"""A store that fails is told of once, and once more when it works again.

Whoever uses the store then goes on alone and says nothing: its operations fail many times a second
while the store is away.
"""

import logging
import threading

logger = logging.getLogger(__name__)

ALONE = "This proxy goes on alone, with a token and slots of its own, until the store is back."


class Outage:
    def __init__(self, store: str, meanwhile: str = ALONE) -> None:
        """`store`: what it is called in the log, without a secret.  `meanwhile`: a sentence."""
        self.store = store
        self.meanwhile = meanwhile
        self.under_way = False
        self._lock = threading.Lock()

    def begin(self, reason: str) -> None:
        with self._lock:
            if self.under_way:
                return
            self.under_way = True
        logger.warning("%s cannot be used: %s. %s", self.store, reason, self.meanwhile)

    def end(self) -> None:
        if not self.under_way:
            return
        with self._lock:
            self.under_way = False
        logger.warning("%s is back.", self.store)
