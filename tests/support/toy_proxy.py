"""An addon for tests: the line of the registry that a further dialect needs, and no other."""

from tests.support.toy_dialect import TOY

from gigagate import routes

routes.DIALECTS = (TOY, *routes.DIALECTS)
