"""What the fault suite saw: fault, tried, survived, lost, and what the client got."""

from dataclasses import dataclass, field

ANSWER = "answer"
"""What a client gets that lost nothing; otherwise it is an error's code."""

BEGIN = "<!-- faults:begin -->"
END = "<!-- faults:end -->"


@dataclass(slots=True)
class Row:
    tried: int = 0
    survived: int = 0
    got: set[str] = field(default_factory=set)


class FaultTable:
    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}

    def count(self, fault: str, got: str) -> None:
        """One request more that met this fault."""
        row = self.rows.setdefault(fault, Row())
        row.tried += 1
        row.survived += got == ANSWER
        row.got.add(got)

    def markdown(self) -> str:
        lines = ["| fault | tried | survived | lost | the client got |", "|---|---|---|---|---|"]
        for fault, row in self.rows.items():
            lost = row.tried - row.survived
            got = ", ".join("the answer" if it == ANSWER else f"`{it}`" for it in sorted(row.got))
            lines.append(f"| {fault} | {row.tried} | {row.survived} | {lost} | {got} |")
        return "\n".join(lines)


TABLE = FaultTable()
"""Of this run of pytest."""
