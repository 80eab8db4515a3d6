"""English plurals: a number before what it counts."""


def counted(number: int, thing: str) -> str:
    """counted(1, "request") -> "1 request"; counted(2, "request") -> "2 requests"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
