"""The many ways in which clients spell a path.

A base URL without /v1, with /v1 twice, with a slash too many or with /chat/completions already in
it is what people type into their client's settings; all of them mean the same.
"""

_PREFIXES = (["v1"], ["api", "v1"], ["v1beta"], ["v1alpha"])
_CHAT = ["chat", "completions"]


def normalise(path: str) -> str:
    """The canonical path below /v1: "//v1/v1/chat/completions/" -> "/chat/completions".

    {id} stays as it is, URL-quoted or not.
    """
    parts = [part for part in path.partition("?")[0].split("/") if part]
    start = 0
    while True:
        for prefix in (*_PREFIXES, _CHAT):
            end = start + len(prefix)
            if parts[start:end] == prefix and (end < len(parts) or prefix is not _CHAT):
                start = end
                break
        else:
            return "/" + "/".join(parts[start:])
