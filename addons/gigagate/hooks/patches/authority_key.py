"""The key of mitmproxy's own certificate authority is read without a test of its primes.

mitmproxy reads it twice a start, and the test takes a fifth of all the instructions until the first
answer.  The key lies in a directory that only this user may write, and mitmproxy has made it.

GIGAGATE_PLAIN=true leaves mitmproxy as it is.
"""

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from mitmproxy import certs


def read_quickly() -> None:
    """Before mitmproxy starts."""
    certs.load_pem_private_key = _load  # type: ignore[assignment]


def _load(data: bytes, password: bytes | None) -> PrivateKeyTypes:
    """A password that the key has no need of does no harm, as in mitmproxy."""
    try:
        return load_pem_private_key(data, password, unsafe_skip_rsa_key_validation=True)
    except TypeError:
        if password is None:
            raise
        return load_pem_private_key(data, None, unsafe_skip_rsa_key_validation=True)
