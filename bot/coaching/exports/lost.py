"""Files and pictures that did not get through: an album goes picture by picture, the rest is told.

Telegram refused it (its form, or its size), or the connection broke and nobody knows. Pictures and
files say nothing that has to be heard, so they are not tried for ever: whoever misses one is told
how to get it; so is who misses one that Telegram did not take for hours.
"""

from datetime import datetime

from sqlmodel import Session as Db

from bot.coaching.exports.documents import what_it_is
from bot.coaching.exports.messages import DidNotCome, Enclosed
from bot.coaching.messages import Album, File, WeekFile
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.protocol.names import called
from bot.store import people
from bot.store.audience import may_be_told
from bot.training.messages import Chart

Enclosure = Chart | Album | File | WeekFile
"""What brings a picture or a file."""


def tell(
    db: Db, chat_id: int, key: str, intent: Enclosure, now: datetime, *, perhaps: bool
) -> None:
    """Say that it did not come, if it may still be told about its athlete."""
    said = _said(db, chat_id, intent, perhaps=perhaps)
    if said is not None:
        post(db, chat_id, Say(said), now, key=f"{key}:lost")


def one_by_one(
    db: Db, chat_id: int, key: str, album: Album, now: datetime, *, perhaps: bool
) -> bool:
    """Send each picture of an album by itself; False where it is one picture already.

    Where the album `perhaps` arrived, each picture says that it may be there twice.
    """
    if len(album.charts) < 2:  # noqa: PLR2004 - one is no album
        return False
    for number, chart in enumerate(album.charts):
        post(db, chat_id, Album((chart,), perhaps), now, key=f"{key}:{number}")
    return True


def _said(db: Db, chat_id: int, intent: Enclosure, *, perhaps: bool) -> DidNotCome | None:
    match intent:
        case Chart():
            return DidNotCome(Enclosed.SESSION, perhaps, day=intent.title)
        case Album():
            one = intent.charts[0].athlete_id
            if people.who_is(db, chat_id).person_id == one:
                return DidNotCome(Enclosed.OWN_DAYS, perhaps)
            return _about(db, chat_id, one, Enclosed.DAYS, perhaps=perhaps)
        case WeekFile():
            return DidNotCome(Enclosed.WEEK, perhaps)
        case File():
            what = what_it_is(db, chat_id, intent)
            if what in {Enclosed.OWN_EXPORT, Enclosed.OWN_PAGE}:
                return DidNotCome(what, perhaps)
            return _about(db, chat_id, intent.subject_id, what, perhaps=perhaps)


def _about(
    db: Db, chat_id: int, athlete_id: int, what: Enclosed, *, perhaps: bool
) -> DidNotCome | None:
    """Return what is said about an athlete; None where nothing may be told any more."""
    if not may_be_told(db, chat_id, {athlete_id}):
        return None
    name = called(people.person(db, athlete_id).name, athlete_id)
    return DidNotCome(what, perhaps, name, athlete_id)
