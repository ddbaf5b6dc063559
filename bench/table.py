"""What a measurement gives: rows of one table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One question, the table that answers it, and what to know when reading it."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def markdown(self) -> str:
        """Return the part as a section of a page."""
        lines = [f"## {self.title}", ""]
        if self.note:
            lines += [self.note, ""]
        rule = "|".join(["---", *["---:"] * (len(self.head) - 1)])
        lines += [_line(self.head), f"|{rule}|", *(_line(row) for row in self.rows)]
        return "\n".join(lines)


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def ms(seconds: float) -> str:
    """Return a time as milliseconds, with three figures."""
    value = seconds * 1000
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.3g} ms"  # noqa: PLR2004


def seconds(value: float) -> str:
    """Return a time in seconds, with as many places as it is worth."""
    return f"{value:,.1f} s" if value >= 10 else f"{value:.3f} s"  # noqa: PLR2004


def times(ratio: float) -> str:
    """Return a ratio as "3.4 ×"."""
    return f"{ratio:.1f} ×"
