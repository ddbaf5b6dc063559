"""An athlete's days as a table: what was planned, each hold, each answer and when it was given."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local, utc
from bot.protocol.load.entries import Extra, LoadEntry
from bot.protocol.names import in_file_name
from bot.protocol.report.period import FOLLOWED, NOT_YET, Planned, ReportedSession, Stretch
from bot.protocol.session.state import HoldRecord, HoldStatus, Rating, counting
from bot.store import mornings, people, ratings, sessions
from bot.store.mornings import MorningAnswer
from bot.store.sessions import Stored
from bot.store.tables import PersonRow, RatingRow
from bot.training.history import all_days, is_late

TABLE: Final = "holdfast-sessions"
COLUMNS: Final = (
    "athlete",
    "row",
    "day",
    "session",
    "opened_local",
    "opened_utc",
    "time_zone",
    "outcome",
    "became",
    "as_planned",
    "reason",
    "held_s",
    "pain_before",
    "pain_that_stopped",
    "exercise",
    "without_band",
    "side",
    "set",
    "hold",
    "status",
    "planned_s",
    "actual_s",
    "cut_after_s",
    "timed_by",
    "started_local",
    "started_utc",
    "question",
    "pain",
    "answered_local",
    "answered_utc",
    "late",
    "edited",
    "undone",
    "sport",
    "minutes",
    "effort",
    "load",
    "extras",
    "metres",
    "climb_m",
)
Cells = dict[str, object]
"""A row by the names of its columns; what is not known is left out."""
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for the beginning of a formula."""
_BESIDE, _LEFT = "beside_plan", "left"
"""What a session became that was not planned, and one that is none: it was opened and left."""


def csv_document(db: Db, subject_id: int, now: datetime, reader_id: int) -> tuple[str, bytes]:
    """Return a file name and a CSV (UTF-8 with a mark, for spreadsheets), day by day.

    `row` tells what a row is: something "planned" and what became of it; a "hold"; a "session"
    without holds; an "answer" to something else than a hold, or one that does not count any more; a
    "morning"; "load", an entry of the diary, for whom it is shared with. Each answer is in one row.
    `actual_s` counts as time under tension; an interrupted hold has its seconds as `cut_after_s`.
    They are measured, but assumed where a "clip" timed them, which the athlete starts. Times are
    ISO 8601, on the athlete's clock and in UTC.
    """
    person = people.person(db, subject_id)
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="")
    table.writeheader()
    always: Cells = {"athlete": person.name, "time_zone": person.zone}
    for cells in _rows(db, person, all_days(db, person, now, reader_id)):
        table.writerow({name: _safe(cell) for name, cell in (always | cells).items()})
    name = f"{TABLE}-{in_file_name(person.name, subject_id)}.csv"
    return name, text.getvalue().encode("utf-8-sig")


def _rows(db: Db, person: PersonRow, found: Stretch) -> list[Cells]:
    assert person.id is not None
    held = {one.session_id: (one, _BESIDE) for one in found.trained}
    left = {one.session_id: (one, _LEFT) for one in found.left}
    told = held | left
    rows = [_planned(one) for one in found.planned]
    for stored in sessions.all_of(db, person.id):
        rows += _session(stored, *told[stored.id])
    rows += _mornings(mornings.answers(db, person.id), person.zone)
    rows += [_note(one, person.zone) for one in ratings.notes(db, person.id)]
    rows += [_noted(one) for one in found.entries]
    return sorted(rows, key=lambda cells: str(cells["day"]))


def _planned(one: Planned) -> Cells:
    known = one.became not in NOT_YET
    return {
        "row": "planned",
        "day": one.day.isoformat(),
        "became": one.became.value,
        "as_planned": _yes(one.became in FOLLOWED) if known else "",
        "reason": one.reason,
    }


def _session(stored: Stored, told: ReportedSession, unplanned: str) -> list[Cells]:
    value, zone = stored.value, stored.zone
    became = None if unplanned == _LEFT else told.became
    head: Cells = {
        "day": told.day.isoformat(),
        "session": stored.id,
        **_when("opened", value.opened_at, zone),
        "outcome": value.outcome or "running",
        "became": unplanned if became is None else became.value,
        "held_s": told.tension_s,
        "pain_before": told.before,
        "pain_that_stopped": told.stop_pain,
        "exercise": told.exercise,
        "without_band": _yes(told.bandless),
    }
    rows = [_answer("before", one, value.before, zone) for one in value.before]
    for hold in value.holds:
        rows += _hold(hold, zone)
    rows += [_answer("stop", one, value.stop_ratings, zone) for one in value.stop_ratings]
    if not value.holds:
        rows.insert(0, {"row": "session"})
    return [head | cells for cells in rows]


def _hold(hold: HoldRecord, zone: str) -> Iterator[Cells]:
    """Yield a hold with the answer that counts, then the answers that do not any more."""
    counts = counting(hold.ratings)
    cut = hold.status is HoldStatus.INTERRUPTED
    place: Cells = {
        "side": hold.place.side.value,
        "set": hold.place.set_no,
        "hold": hold.place.number,
    }
    held: Cells = {
        "row": "hold",
        **place,
        "status": hold.status.value,
        "planned_s": hold.planned_s,
        "actual_s": 0.0 if cut else round(hold.actual_s, 3),
        "cut_after_s": round(hold.actual_s, 3) if cut else "",
        "timed_by": hold.timed_by.value,
        **_when("started", hold.started_at, zone),
    }
    answer = {} if counts is None else _answer("hold", counts, hold.ratings, zone)
    yield answer | held
    for one in hold.ratings:
        if one is not counts:
            yield _answer("hold", one, hold.ratings, zone) | place


def _answer(question: str, one: Rating, ratings: Sequence[Rating], zone: str) -> Cells:
    return {
        "row": "answer",
        "question": question,
        "pain": one.value,
        **_when("answered", one.at, zone),
        "late": _yes(one.late),
        "edited": _edited(one, ratings),
        "undone": _yes(one.undone),
    }


def _edited(one: Rating, ratings: Sequence[Rating]) -> str:
    """Return whether another answer took its place, or it took that of another."""
    kept = [rating for rating in ratings if not rating.undone]
    if one.undone or len(kept) == 1:
        return ""
    return "correction" if one is kept[-1] else "replaced"


def _mornings(answers: Sequence[MorningAnswer], zone: str) -> Iterator[Cells]:
    edited = {one.day for one in answers if one.replaced}
    for one in answers:
        correction = "correction" if one.day in edited else ""
        yield {
            "row": "morning",
            "day": one.day.isoformat(),
            "question": "morning",
            "pain": one.value,
            **({} if one.at is None else _when("answered", one.at, zone)),
            "late": "" if one.at is None else _yes(is_late(one.day, one.at, zone)),
            "edited": "replaced" if one.replaced else correction,
            "undone": "no",
        }


def _note(row: RatingRow, zone: str) -> Cells:
    return {
        "row": "answer",
        "day": local(row.at, zone).date().isoformat(),
        "session": row.session_id,
        "question": "note",
        "pain": row.value,
        **_when("answered", row.at, zone),
        "late": _yes(row.late),
        "undone": _yes(row.undone),
    }


def _noted(one: LoadEntry) -> Cells:
    """Return an entry of the diary; what is not known of it is left out."""
    return {
        "row": "load",
        "day": one.day.isoformat(),
        "sport": one.kind.value,
        "minutes": one.minutes,
        "effort": one.effort,
        "load": one.load,
        "extras": " ".join(extra.value for extra in Extra if extra in one.extras),
        "metres": one.metres,
        "climb_m": one.climb_m,
    }


def _when(what: str, at: datetime, zone: str) -> Cells:
    return {
        f"{what}_local": local(at, zone).isoformat(timespec="seconds"),
        f"{what}_utc": utc(at).isoformat(timespec="seconds"),
    }


def _yes(true: bool) -> str:  # noqa: FBT001 - a cell
    return "yes" if true else "no"


def _safe(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell
