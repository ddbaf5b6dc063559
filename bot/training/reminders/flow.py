"""One reminder a day: sent once, put off, nudged once, then silence.

However many are due, they are read, decided, claimed and told by the same few statements; what is
decided stands in `rules.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, update
from sqlmodel import Session as Db
from sqlmodel import col

from bot.conversation.outgoing import letter
from bot.protocol.calendar.quiet_hours import release_at
from bot.store import outbox, reminder_batch
from bot.store.outbox import Letter
from bot.store.reminder_batch import Case, Change, NextOccurrence, PlanTold
from bot.store.tables import OccurrenceRow, OccurrenceState
from bot.training import occurrences as training_occurrences
from bot.training import recent_days
from bot.training.messages import Reminder
from bot.training.progression import next_dose
from bot.training.progression.next_dose import Owed
from bot.training.recent_days import ASKED, RecentDays
from bot.training.reminders import missed_days, rules
from bot.training.reminders.rules import LATE, ReminderDecision, Says, decide

SLOW: Final = 10
"""At most so many in one batch that need statements of their own; the others wait for the next."""
_LOOKS_BACK: Final = timedelta(days=3)
"""Two local days, on any clock."""


@dataclass(frozen=True, slots=True)
class _Decided:
    """An occurrence, what becomes of it, and what has to be done about it alone.

    `owed` is the step down that is to be taken before the athlete is told; `in_a_run` says that
    more days than this one may have been missed.
    """

    case: Case
    past: RecentDays
    decision: ReminderDecision
    owed: Owed | None = None
    in_a_run: bool = False

    @property
    def change(self) -> Change:
        """What is stored of it."""
        made = self.decision
        return Change(self.case.state, made.state, made.due_at, made.reason)

    @property
    def slow(self) -> bool:
        """Whether it needs statements of its own."""
        return self.owed is not None or self.in_a_run


def act(db: Db, occurrence_id: int, now: datetime) -> bool:
    """Do what is due for one occurrence; False when another hand was quicker."""
    return act_all(db, [occurrence_id], now) == 1


def act_all(db: Db, occurrence_ids: Sequence[int], now: datetime) -> int:
    """Do what is due for these occurrences, oldest first; return for how many.

    An athlete's second one waits until the first is stored, and so do slow ones over `SLOW`.
    """
    found = _one_each(reminder_batch.due(db, occurrence_ids, now))
    decided = list(_first(_looked_at(db, _decided(db, found, now), now)))
    changes = {one.case.id: one.change for one in decided}
    free = reminder_batch.claim(db, changes, now) if changes else frozenset()
    mine = [one for one in decided if one.case.id in free]
    if mine:
        _apply(db, mine, now)
    return len(mine)


def _one_each(found: Iterable[Case]) -> list[Case]:
    first: dict[int, Case] = {}
    for case in found:
        first.setdefault(case.athlete_id, case)
    return list(first.values())


def _decided(db: Db, found: Sequence[Case], now: datetime) -> list[_Decided]:
    if not found:
        return []
    since = min(case.planned_at for case in found).date() - _LOOKS_BACK
    pasts = recent_days.of_many(db, [case.athlete_id for case in found], since, now)
    return [
        _Decided(case, past, decide(case, past, now))
        for case in found
        for past in (pasts[case.athlete_id],)
    ]


def _looked_at(db: Db, decided: list[_Decided], now: datetime) -> list[_Decided]:
    """Find out who needs a step down first, and whose missed day may be one of several."""
    told = [one.case.athlete_id for one in decided if _reminds(one.decision)]
    missed = [one.case.id for one in decided if one.decision.state == OccurrenceState.MISSED]
    less = next_dose.unsettled(db, told, now) if told else {}
    run = missed_days.in_a_run(db, missed) if missed else frozenset()
    if not less and not run:
        return decided
    return [
        replace(one, owed=less.get(one.case.athlete_id), in_a_run=one.case.id in run)
        for one in decided
    ]


def _reminds(decision: ReminderDecision) -> bool:
    return decision.says in {Says.ON_TIME, Says.LATE}


def _first(decided: Iterable[_Decided]) -> Iterable[_Decided]:
    slow = 0
    for one in decided:
        slow += one.slow
        if slow <= SLOW or not one.slow:
            yield one


# ---- what was decided is done -----------------------------------------------------------


def _apply(db: Db, mine: Sequence[_Decided], now: datetime) -> None:
    for one in mine:
        if one.owed is not None:
            next_dose.take_down(db, one.case.athlete_id, one.owed, now)
    db.flush()
    _close_older(db, mine, now)
    reminder_batch.plan(db, [ahead for one in mine for ahead in _ahead(one)])
    told = reminder_batch.told(db, [one.case.athlete_id for one in mine if one.decision.says])
    outbox.put_many(db, [letter for one in mine for letter in _letters(one, told, now)])
    db.expire_all()  # what was read of these rows before is out of date
    for one in mine:
        if one.in_a_run:
            _missed(db, one.case.id, now)


def _close_older(db: Db, mine: Sequence[_Decided], now: datetime) -> None:
    """What rang before an occurrence whose time has come is looked at next, and is over."""
    for one in mine:
        if one.decision.silent:
            training_occurrences.silence(db, one.case.id, one.case.snoozes)
    older = [
        asked.id
        for one in mine
        if one.case.state == OccurrenceState.PLANNED
        for asked in one.past.asked
        if asked.state in ASKED and asked.planned_at < one.case.planned_at
    ]
    if older:
        reminder_batch.hurry(db, older, now)


def _ahead(one: _Decided) -> Iterable[NextOccurrence]:
    """Plan the occurrence after one whose time came, whatever becomes of it."""
    case = one.case
    if case.state != OccurrenceState.PLANNED:
        return
    had = {(asked.local_date, asked.slot) for asked in one.past.asked}
    found = training_occurrences.following(case, case.zone, had, case.planned_at)
    if found is not None:
        due_at = release_at(found.at, training_occurrences.quiet_of(case), case.zone)
        yield NextOccurrence(case.athlete_id, found.local_date, found.slot, found.at, due_at)


def _letters(one: _Decided, told: Mapping[int, PlanTold], now: datetime) -> Iterable[Letter]:
    case, says = one.case, one.decision.says
    if says is None or case.chat_id is None:
        return
    again = says is Says.AGAIN
    intent = Reminder(
        occurrence=case.id,
        name=case.name,
        planned_at=case.planned_at,
        zone=case.zone,
        again=again,
        late=says is Says.LATE,
        snoozes=rules.offered_snoozes(case, case.zone, case, now),
        of_two=training_occurrences.is_of_two(case),
        **told[case.athlete_id]._asdict(),
    )
    key = f"o{case.id}:nudge" if again else f"o{case.id}:remind:{case.snoozes}"
    written = letter(case.chat_id, intent, now, key=key)
    yield replace(written, not_after=now + LATE) if again else written


def _missed(db: Db, occurrence_id: int, now: datetime) -> None:
    row = db.get(OccurrenceRow, occurrence_id)
    assert row is not None
    missed_days.day_ended(db, row, now)


# ---- what became of the letter ------------------------------------------------------------

_DELIVERED: Final = (
    update(OccurrenceRow)
    .where(
        col(OccurrenceRow.id) == bindparam("occurrence"),
        col(OccurrenceRow.delivered_at).is_(None),
    )
    .values(delivered_at=bindparam("now"))
)


def delivered(db: Db, occurrences: Iterable[int], now: datetime) -> None:
    """These reminders reached Telegram: from here on silence is the athlete's choice."""
    values = [{"occurrence": one, "now": now} for one in occurrences]
    if values:
        db.connection().execute(_DELIVERED, values)


def undelivered(db: Db, occurrence_id: int) -> None:
    """The reminder never reached Telegram: our fault, unless it was answered otherwise."""
    row = db.get(OccurrenceRow, occurrence_id)
    if row is not None and row.delivered_at is None and row.state == OccurrenceState.REMINDED:
        row.state, row.due_at = OccurrenceState.NOT_DELIVERED, None
        db.add(row)
