"""What must be true of load at the end of a run."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from tests.simulation.ledger import moment

if TYPE_CHECKING:
    from tests.simulation.run import Run


def lines_are_far_apart(run: "Run") -> Iterator[str]:
    """Never two lines of advice in a week, never the same one within 28 days."""
    for athlete in run.town.athletes:
        query = "SELECT tip, local_date FROM given_tip WHERE athlete_id = ? ORDER BY local_date"
        given = [
            (row["tip"], date.fromisoformat(row["local_date"]))
            for row in run.ledger.rows(query, athlete.id)
        ]
        for (_, one), (tip, two) in pairwise(given):
            if two - one < timedelta(days=7):
                yield f"athlete {athlete.id} was given {tip} {two - one} after another line"
        for (tip, one), (other, two) in combinations(given, 2):
            if tip == other and two - one < timedelta(days=28):
                yield f"athlete {athlete.id} was given {tip} twice within {two - one}"


def an_outing_is_stored_once(run: "Run") -> Iterator[str]:
    """However often, and in whatever form, its file was sent."""
    query = (
        "SELECT athlete_id, kind, started_at, seconds FROM load_entry "
        "WHERE NOT gone AND started_at IS NOT NULL"
    )
    for one, two in combinations(run.ledger.rows(query), 2):
        if (one["athlete_id"], one["kind"]) != (two["athlete_id"], two["kind"]):
            continue
        apart = abs(moment(one["started_at"]) - moment(two["started_at"]))
        longer = max(one["seconds"], two["seconds"])
        if apart <= timedelta(minutes=2) and abs(one["seconds"] - two["seconds"]) * 20 <= longer:
            yield f"athlete {one['athlete_id']} has the outing of {one['started_at']} twice"


def every_file_is_read(run: "Run") -> Iterator[str]:
    """What was sent is stored, or told why not: nothing waits for ever."""
    for row in run.ledger.rows("SELECT id, athlete_id FROM watch_file"):
        yield f"file {row['id']} of athlete {row['athlete_id']} was never read"


def a_day_is_none_or_something(run: "Run") -> Iterator[str]:
    """Nobody rests and runs on one day."""
    query = (
        "SELECT athlete_id, local_date FROM load_entry WHERE NOT gone GROUP BY 1, 2 "
        "HAVING count(DISTINCT kind = 'none') > 1"
    )
    for row in run.ledger.rows(query):
        yield f"athlete {row['athlete_id']} has none and something on {row['local_date']}"


def nothing_is_noted_ahead(run: "Run") -> Iterator[str]:
    """No entry is of a day that had not begun when it was noted, nor of one too long ago."""
    for row in run.ledger.rows("SELECT id, local_date, at FROM load_entry"):
        ago = moment(row["at"]).date() - date.fromisoformat(row["local_date"])
        if not timedelta(days=-1) <= ago <= timedelta(days=16) and not run.clock.stepped:
            yield f"entry {row['id']} is of {row['local_date']}, and was noted {row['at']}"


VERDICTS: Final[tuple[Callable[["Run"], Iterator[str]], ...]] = (
    lines_are_far_apart,
    an_outing_is_stored_once,
    every_file_is_read,
    a_day_is_none_or_something,
    nothing_is_noted_ahead,
)
