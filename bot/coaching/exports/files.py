"""Files about an athlete, for a coach: a table, all data, and a page to print."""

import json
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.exports.personal import EXPORT, counted, rows_as_json
from bot.coaching.exports.table import TABLE
from bot.coaching.messages import File
from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.protocol.names import in_file_name
from bot.store import agreed, people, personal_data
from bot.training.history import all_days

REPORT: Final = "holdfast-report"
SEEN_BY_COACHES: Final = (
    "athlete",
    "plans",
    "days",
    "sessions",
    "holds",
    "ratings",
    "red_flags",
    "mornings",
    "morning_edits",
    "load_entries",
    "load_settings",
    "load_tests",
    "weekly_checks",
    "restrictions",
    "tips",
    "notes",
)
"""Sections of an export that a consenting coach may have."""
OF_DIARY: Final = ("load_entries", "load_settings", "weekly_checks", "tips")
"""Those of the diary, and of what the bot said of it: for whom it is shared with."""
_NOT_SHARED: Final = "The athlete does not share the diary."
_LEFT_OUT: Final = {
    "person": "Telegram ids belong to the athlete alone.",
    "messages": "What the athlete and the bot wrote to each other is theirs.",
    "changes": "Who changed what is for the athlete and for admins.",
    "message_id": "Which of the athlete's messages said it: Telegram's ids belong to the athlete.",
    "hash": "A hash of a watch's file only tells whether it comes twice.",
}
"""Sections, and columns of any section, that a coach does not have, and why."""


def export(turn: Interaction, words: str) -> None:
    """/export NAME: a table of days, holds and answers, everything as JSON, and the page."""
    found = who.athlete_named(turn, "export", words, alone=True)
    if found is not None:
        _send(turn, found.id, TABLE, EXPORT, REPORT)


def report(turn: Interaction, words: str) -> None:
    """/report NAME: one page to print."""
    found = who.athlete_named(turn, "report", words, alone=True)
    if found is not None:
        _send(turn, found.id, REPORT)


def _send(turn: Interaction, athlete_id: int, *names: str) -> None:
    turn.answer()
    people.note(
        turn.db,
        "export",
        turn.now,
        actor=turn.person_id,
        subject=athlete_id,
        after=", ".join(names),
    )
    for name in names:
        turn.send(File(name, athlete_id))


# ---- everything -----------------------------------------------------------------------


def coach_document(db: Db, subject_id: int, now: datetime, reader_id: int) -> tuple[str, bytes]:
    """Return a file name and a JSON document with what a consenting coach may have of an athlete.

    Every time is in UTC and on the athlete's clock. The athlete must exist.
    """
    person, subject = people.person(db, subject_id), personal_data.about(db, subject_id)
    diary = bool(agreed.sees_load(db, reader_id, {subject_id}))
    left_out = _LEFT_OUT | ({} if diary else dict.fromkeys(OF_DIARY, _NOT_SHARED))
    sections = [one for one in SEEN_BY_COACHES if diary or one not in OF_DIARY]
    document = {
        "format": f"{EXPORT}-coach/1",
        "athlete_name": person.name,
        "time_zone": person.zone,
        "left_out": left_out,
        "counted": counted(all_days(db, person, now, reader_id), diary=diary),
    }
    document |= rows_as_json(db, subject, person.zone, sections, left_out)
    name = f"{EXPORT}-{in_file_name(person.name, subject_id)}.json"
    return name, json.dumps(document, ensure_ascii=False, indent=2).encode()
