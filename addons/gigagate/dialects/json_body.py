"""A client's request body as a JSON object, or an error that says what is wrong with it."""

from json import JSONDecodeError
from typing import Any

from gigagate.core import strict_json
from gigagate.errors import InvalidRequest

_BOM = b"\xef\xbb\xbf"


def parse_object(body: bytes) -> dict[str, Any]:
    """Raises InvalidRequest."""
    if not body.strip():
        raise InvalidRequest("The request body is empty; it must be a JSON object.")
    try:
        parsed = strict_json.loads(body.removeprefix(_BOM))
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"The request body is not valid UTF-8 (byte {error.start}).") from None
    except JSONDecodeError as error:
        raise InvalidRequest(
            f"The request body is not valid JSON: {error.msg} at line {error.lineno}, "
            f"column {error.colno}."
        ) from None
    except ValueError as error:
        raise InvalidRequest(f"The request body is not valid JSON: {error}.") from None
    if not isinstance(parsed, dict):
        raise InvalidRequest("The request body must be a JSON object.")
    return parsed
