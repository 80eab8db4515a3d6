"""What is known of a model, with what the settings say of it: its window, its price."""

from gigagate.core import models
from gigagate.core.models import Model
from gigagate.settings.schema import Settings


def of(name: str, settings: Settings) -> Model:
    """name: GigaChat's."""
    found = models.of(name, settings.models.table)
    own = settings.prices.get(name)
    return found if own is None else found._replace(price=own)
