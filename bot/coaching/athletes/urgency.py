"""One athlete at a glance: how the days went, and what needs the coach first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.coaching.athletes.messages import Need
from bot.protocol.calendar.local_time import local
from bot.protocol.report.period import ReportedMorning, ReportedSession, Stretch
from bot.protocol.session.state import Outcome
from bot.store import athletes
from bot.store.tables import AthleteRow, PersonRow, RedFlagRow
from bot.training import occurrences
from bot.training.history import stretches
from bot.training.progression import standing as progression_standing

DAYS: Final = 28
"""How far back is looked."""
MISSED_FROM: Final = 2
"""So many missed days running need a word."""
_STOPPED: Final = frozenset({Outcome.STOPPED_PAIN, Outcome.STOPPED_HARD})
_MOST_URGENT_FIRST: Final = tuple(Need)


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What is known about one athlete; days are the athlete's own."""

    person: PersonRow
    athlete: AthleteRow
    flags: list[RedFlagRow]
    today: date
    stretch: Stretch
    standing: progression_standing.Standing

    @property
    def id(self) -> int:
        """The athlete's id."""
        return self.athlete.person_id

    @property
    def need(self) -> Need:
        """What needs the coach first."""
        last = self.last
        if self.flags or self.athlete.locked_at is not None:
            return Need.LOCKED
        recent = last is not None and (self.today - last.day).days <= 1
        if last is not None and recent and last.outcome in _STOPPED:
            return Need.STOPPED
        if last is not None and last.outcome == Outcome.RISING:
            return Need.RISING
        if self.missed >= MISSED_FROM:
            return Need.MISSED
        if self.person.unreachable_since is not None or self.person.telegram_id is None:
            return Need.UNREACHABLE
        return Need.NOTHING if self.standing.proposal is None else Need.STEP_UP

    @property
    def last(self) -> ReportedSession | None:
        """The newest session that is over."""
        return next((one for one in reversed(self.stretch.trained) if one.outcome), None)

    @property
    def missed(self) -> int:
        """How many planned days were missed running, up to now."""
        return self.stretch.missed_running

    @property
    def week(self) -> Stretch:
        """This week so far, from Monday to today."""
        return self.stretch.part(self.today - timedelta(days=self.today.weekday()), self.today)

    @property
    def paused(self) -> bool:
        """Whether the plan is paused today; `paused_until` is the first day back."""
        return occurrences.pauses(self.athlete, self.today)

    @property
    def morning(self) -> ReportedMorning | None:
        """The pain of this morning, or of yesterday's."""
        found = [one for one in self.stretch.mornings if (self.today - one.day).days <= 1]
        return found[-1] if found else None


def glances(db: Db, people: Sequence[PersonRow], now: datetime, reader_id: int) -> list[Glance]:
    """Return athletes at a glance, by what needs the coach, then by days missed, then by name.

    The diary is among their days where `reader_id` may see it. The number of statements does not
    depend on how many there are.
    """
    todays = {one.id: local(now, one.zone).date() for one in people if one.id is not None}
    spans = {key: (day - timedelta(days=DAYS - 1), day) for key, day in todays.items()}
    rows, flags = athletes.athletes(db, todays), athletes.open_flags(db, todays)
    days = stretches(db, people, spans, reader_id)
    standing = progression_standing.standing(db, list(todays), now)
    found = [
        Glance(
            person=one,
            athlete=rows[one.id],
            flags=flags.get(one.id, []),
            today=todays[one.id],
            stretch=days[one.id],
            standing=standing[one.id],
        )
        for one in people
        if one.id is not None
    ]
    return sorted(found, key=_urgency)


def _urgency(one: Glance) -> tuple[int, int, str, int]:
    missed = one.missed if one.need is Need.MISSED else 0
    return _MOST_URGENT_FIRST.index(one.need), -missed, one.person.name.casefold(), one.id
