"""Write `docs/session.md` from the session machine's own table; run by `make docs`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.protocol.session.events import Event
from bot.protocol.session.machine import TABLE, Row
from bot.protocol.session.state import CUED, LIVE, MOVING, Phase

TARGET: Final = Path("docs/session.md")

ENDS: Final = frozenset({Phase.CLOSED})
SETS: Final = {
    LIVE: ("any_live_phase", "any live phase"),
    MOVING: ("any_phase_before_a_STOP", "any phase before a STOP"),
    LIVE - CUED: ("any_phase_that_waits", "any phase that waits for the athlete"),
}
"""Sets of phases that are drawn as one and named as one; others are listed."""

TEXT: Final = """\
# The session machine

Made from the table in `bot/protocol/session/machine.py` by `make docs`; do not edit.

## The path

```mermaid
{path}
```

## What ends it

```mermaid
{ends}
```

{sets}

Rows that leave a session where it is (a nudge, a question asked again, a higher answer within the
limit, a cue that was handed over) are in the table alone.

## All rows

Read from the top: the first row that fits is taken. What fits no row changes nothing and is
refused by name.

{rows}

## Events

{events}
"""


def document() -> str:
    """Return the whole page."""
    return TEXT.format(path=_path(), ends=_ends(), sets=_sets(), rows=_rows(), events=_events())


def _sets() -> str:
    """Explain the names that stand for several phases."""
    listed = (
        f"- {name}: " + ", ".join(f"`{phase}`" for phase in Phase if phase in phases)
        for phases, (_, name) in SETS.items()
    )
    return "\n".join(listed)


def _path() -> str:
    """Draw what leads on, from the start to the last answer."""
    rows = [row for row in TABLE if row.to != ENDS]
    return "\n".join(["stateDiagram-v2", "    [*] --> asked_before : start", *_arrows(rows)])


def _ends() -> str:
    """Draw what closes a session and nothing else."""
    rows = [row for row in TABLE if row.to == ENDS]
    return "\n".join(["stateDiagram-v2", "    direction LR", *_arrows(rows)])


def _arrows(rows: list[Row]) -> list[str]:
    """Return one arrow for each pair of phases, with the labels of all its rows."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for source in _sources(row):
            for target in _targets(row, source):
                labels = found.setdefault((source, target), [])
                if row.label not in labels:
                    labels.append(row.label)
    return [f"    {one} --> {two} : {_label(labels)}" for (one, two), labels in found.items()]


def _sources(row: Row) -> list[str]:
    if row.phases in SETS:
        return [SETS[row.phases][0]]
    return [str(phase) for phase in Phase if phase in row.phases]


def _targets(row: Row, source: str) -> Iterator[str]:
    """Yield where the row leads; a row from a set to the same set stays in its phase."""
    if row.phases != row.to:
        yield from (str(phase) for phase in Phase if phase in row.to and phase != source)


def _label(labels: list[str]) -> str:
    """Join labels; in a picture a colon would end them."""
    return " · ".join(labels).replace(": ", " – ")


def _rows() -> str:
    lines = ["| | in | event | when | then | leads to |", "|---:|---|---|---|---|---|"]
    for number, row in enumerate(TABLE, 1):
        then = _first_line(row.move)
        stays = row.phases == row.to and len(row.to) > 1
        to = "the same" if stays else _named(row.to)
        event = row.event.__name__
        lines.append(
            f"| {number} | {_named(row.phases)} | `{event}` | {row.label} | {then} | {to} |"
        )
    return "\n".join(lines)


def _named(phases: frozenset[Phase]) -> str:
    if phases in SETS:
        return SETS[phases][1]
    return ", ".join(f"`{phase}`" for phase in Phase if phase in phases)


def _events() -> str:
    used = {row.event for row in TABLE}
    known = [kind for kind in Event.__subclasses__() if kind in used]
    return "\n".join(f"- `{kind.__name__}` – {_first_line(kind)}" for kind in known)


def _first_line(thing: object) -> str:
    assert thing.__doc__ is not None
    return thing.__doc__.partition("\n")[0]


def main() -> None:
    """Write the page."""
    TARGET.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
