"""Documents about a person: which one a name means, and whether it may still be handed out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.exports import files, personal, table
from bot.coaching.exports.messages import Enclosed
from bot.coaching.exports.report_page import report_page
from bot.coaching.messages import File
from bot.protocol.names import called
from bot.protocol.report.period import ReportPage
from bot.store import people
from bot.store.audience import may_be_told

Document = tuple[str, bytes] | ReportPage
"""A file name and what is in it, or a page that is to be printed."""
Maker = Callable[[Db, int, datetime, int], Document | None]
"""Makes the document about an athlete for a reader; None when there is nothing to tell."""

ABOUT_ATHLETES: Final[dict[str, Maker]] = {
    table.TABLE: table.csv_document,
    personal.EXPORT: files.coach_document,
    files.REPORT: report_page,
}
"""What coaches and admins get about an athlete, by the name of the `File`."""


_KINDS: Final = {
    table.TABLE: Enclosed.TABLE,
    personal.EXPORT: Enclosed.EXPORT,
    files.REPORT: Enclosed.PAGE,
}


_OWN: Final = {personal.EXPORT: Enclosed.OWN_EXPORT, files.REPORT: Enclosed.OWN_PAGE}


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A document, what it is, and the name of whom it is about."""

    document: Document
    what: Enclosed
    whose: str


def enclosure(db: Db, chat_id: int, file: File, now: datetime) -> Enclosure | None:
    """Return a document for the person of this chat; None when it may not be told any more."""
    made = document(db, chat_id, file, now)
    if made is None:
        return None
    whose = called(people.person(db, file.subject_id).name, file.subject_id)
    return Enclosure(made, what_it_is(db, chat_id, file), whose)


def what_it_is(db: Db, chat_id: int, file: File) -> Enclosed:
    """Return which document a file is for the person of this chat."""
    own = people.who_is(db, chat_id).person_id == file.subject_id
    return _OWN.get(file.name, _KINDS[file.name]) if own else _KINDS[file.name]


def document(db: Db, chat_id: int, file: File, now: datetime) -> Document | None:
    """Return a document for the person of this chat; None when it may not be told any more.

    One's own export has everything. A consent that ended while the letter waited wins.
    """
    what = what_it_is(db, chat_id, file)
    if what is Enclosed.OWN_EXPORT:
        return personal.export_document(db, file.subject_id, now)
    known = people.find_athlete(db, file.subject_id) is not None
    reader_id = people.who_is(db, chat_id).person_id
    if not known or reader_id is None or not may_be_told(db, chat_id, {file.subject_id}):
        return None
    return ABOUT_ATHLETES[file.name](db, file.subject_id, now, reader_id)
