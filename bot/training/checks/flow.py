"""The weekly check: asked once an ISO week, on Sunday evening; answers are taken for two days."""

from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.conversation.interaction import Interaction
from bot.conversation.message import Say
from bot.conversation.outgoing import post
from bot.conversation.pressed import pressed
from bot.protocol.calendar.local_time import instant, local
from bot.protocol.calendar.quiet_hours import release_at
from bot.protocol.calendar.weeks import IsoWeek
from bot.protocol.load.weekly_check import BETTER, OPEN_FOR, SITS
from bot.store import agreed, load_settings, people, sessions, weekly_checks
from bot.store.tables import LoadSettingsRow, WeeklyCheckRow
from bot.training import occurrences
from bot.training.checks.messages import Asks, CheckAnswered, ChecksShown, WeeklyCheckAsked
from bot.training.load import consent, tips

ASKED_AT: Final = time(18)
"""When the week is asked about, on the athlete's Sunday; later where quiet hours are then."""
BUSY: Final = timedelta(minutes=5)
"""While a session runs the question waits so long, again and again."""
UNKNOWN: Final = "x"
"""The value of a button that leaves an answer unknown."""
AGAIN: Final = "again"
"""That of one that asks all three questions once more."""
_WEEK: Final = timedelta(days=7)
_ON: Final = {"on": True, "off": False}


def for_all(db: Db, now: datetime) -> None:
    """See to it that every athlete is asked next Sunday, unless they want no check."""
    for athlete_id in load_settings.without(db):
        _set_next(db, load_settings.of_athlete(db, athlete_id), now)


def is_read(words: str) -> bool:
    """Whether /check takes these words."""
    return words.strip().casefold() in {"", *_ON}


def check(turn: Interaction, words: str) -> None:
    """/check: show whether the check comes, or turn it on or off."""
    word = words.strip().casefold()
    row = load_settings.of_athlete(turn.db, turn.person_id)
    if word in _ON:
        row.weekly = _ON[word]
        _set_next(turn.db, row, turn.now)
    turn.answer()
    turn.show(ChecksShown(on=row.weekly, wrong="" if is_read(words) else words))


def act(db: Db, athlete_id: int, now: datetime) -> bool:
    """Ask about the week that ends, or plan the next one; False when nothing was due."""
    row = db.get(LoadSettingsRow, athlete_id)
    if row is None or row.check_due_at is None or row.check_due_at > now:
        return False
    sunday = _sunday_of(db, athlete_id, now)
    if row.weekly and sunday is not None and sessions.is_live(db, athlete_id):
        row.check_due_at = now + BUSY
        db.add(row)
        return True
    kept = agreed.keeps_diary(db, athlete_id)
    if row.weekly and sunday is not None and kept and not _is_barred(db, athlete_id, now):
        _ask(db, athlete_id, IsoWeek.containing(sunday), now)
    _set_next(db, row, now)
    return True


def press(turn: Interaction, check_id: int, asks: Asks, value: str) -> None:
    """A button: keep the answer, or that it stays unknown, and ask the next question."""
    row = turn.db.get(WeeklyCheckRow, check_id)
    if row is None or row.athlete_id != turn.person_id or turn.said_at > row.asked_at + OPEN_FOR:
        turn.expired()
        return
    if not consent.is_given(turn):
        return
    if value == AGAIN:
        _show(turn, row, Asks.WORST)
        return
    answer = None if value == UNKNOWN else int(value)
    if answer is not None and answer not in ALLOWED[asks]:
        turn.expired()
        return
    column, following = _NEXT[asks]
    setattr(row, column, answer)
    turn.db.add(row)
    turn.db.flush()
    _show(turn, row, following)


_NEXT: Final[dict[Asks, tuple[str, Asks | None]]] = {
    Asks.WORST: ("worst", Asks.SIT),
    Asks.SIT: ("sit", Asks.BETTER),
    Asks.BETTER: ("better", None),
}
"""Where each answer is kept, and what is asked after it."""


def _show(turn: Interaction, row: WeeklyCheckRow, asks: Asks | None) -> None:
    """Put the next question, or all answers, in the message's place; its advice stays."""
    before = pressed(turn, WeeklyCheckAsked)
    assert row.id is not None
    turn.answer(CheckAnswered())
    turn.show(
        WeeklyCheckAsked(
            check=row.id,
            sunday=_sunday(row),
            asks=asks,
            worst=row.worst,
            sit=row.sit,
            better=row.better,
            tip=None if before is None else before[1].tip,
        )
    )


ALLOWED: Final = {Asks.WORST: range(11), Asks.SIT: SITS, Asks.BETTER: BETTER}
"""What each question may be answered with."""


def _ask(db: Db, athlete_id: int, week: IsoWeek, now: datetime) -> None:
    if weekly_checks.of_week(db, athlete_id, week) is not None:
        return
    row = WeeklyCheckRow(athlete_id=athlete_id, week=str(week), asked_at=now)
    db.add(row)
    db.flush()
    assert row.id is not None
    tip = tips.of_the_week(db, athlete_id, now)
    asked = WeeklyCheckAsked(check=row.id, sunday=week.sunday, asks=Asks.WORST, tip=tip)
    chat = people.person(db, athlete_id).telegram_id
    post(db, chat, Say(asked), now, key=f"check{row.id}:ask")


def _sunday(row: WeeklyCheckRow) -> date:
    year, number = row.week.split("-W")
    return IsoWeek(int(year), int(number)).sunday


def _sunday_of(db: Db, athlete_id: int, now: datetime) -> date | None:
    """Return the Sunday whose evening it is, up to the next noon; None at any other time.

    A week that was not asked about by then stays unknown.
    """
    wall = local(now, people.person(db, athlete_id).zone)
    day = (wall - timedelta(hours=12)).date()
    return day if day.isoweekday() == 7 and _at(db, athlete_id, day) <= now else None  # noqa: PLR2004


def _is_barred(db: Db, athlete_id: int, now: datetime) -> bool:
    """Whether nobody is to be asked: away, paused, or with something graver open."""
    athlete, person = people.athlete(db, athlete_id), people.person(db, athlete_id)
    return (
        athlete.erase_at is not None
        or athlete.screen_open_at is not None
        or person.unreachable_since is not None
        or occurrences.is_paused(db, athlete_id, now)
    )


def _set_next(db: Db, row: LoadSettingsRow, now: datetime) -> None:
    """Plan the check of the next Sunday whose time has not come; none where it is not wanted."""
    row.check_due_at = _next(db, row.athlete_id, now) if row.weekly else None
    db.add(row)
    db.flush()


def _next(db: Db, athlete_id: int, now: datetime) -> datetime:
    zone = people.person(db, athlete_id).zone
    sunday = IsoWeek.containing((local(now, zone) - timedelta(hours=12)).date()).sunday
    while (
        _at(db, athlete_id, sunday) <= now
        or weekly_checks.of_week(db, athlete_id, IsoWeek.containing(sunday)) is not None
    ):
        sunday += _WEEK
    return _at(db, athlete_id, sunday)


def _at(db: Db, athlete_id: int, sunday: date) -> datetime:
    zone, quiet = (
        people.person(db, athlete_id).zone,
        occurrences.quiet_of(people.athlete(db, athlete_id)),
    )
    return release_at(instant(sunday, ASKED_AT, zone), quiet, zone)
