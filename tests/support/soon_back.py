"""An addon for tests: a credential that was set aside is tried again after two seconds."""

from gigagate.accounts import pool

pool.ASIDE = 2.0
