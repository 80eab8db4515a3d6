"""A client's request in hand, and what becomes known of it: what every translation is given."""

from dataclasses import dataclass, field

from gigagate.core.http import ClientRequest
from gigagate.core.learnt import Learnt
from gigagate.core.model_list import ModelList
from gigagate.core.notes import Notes
from gigagate.core.policy import Policy
from gigagate.core.report import Report
from gigagate.core.shelf import Shelf


@dataclass(slots=True)
class InHand:
    request: ClientRequest
    policy: Policy
    request_id: str
    """32 hexadecimal digits."""
    now: int
    """Unix seconds."""
    notes: Notes
    report: Report
    item: str = ""
    """What stands for {id} in the path."""
    shelf: Shelf = field(default_factory=Shelf)
    """What is kept from one request to the next."""
    models: ModelList = field(default_factory=ModelList)
    """What GigaChat has listed for the key of the request."""
    learnt: Learnt = field(default_factory=Learnt)
    """What GigaChat's answers to the same account have taught."""
    session: str = ""
    """The conversation's name, where the client gives one: set by the dialect that reads it."""
