"""From the morning to the next session: where athletes stand, and what follows (PROTOCOL 3).

Nothing here is counted along: standing is read from sessions, mornings and plan versions, so that
a corrected answer or a late one never leaves a wrong number behind. What follows from a morning
is done in `next_dose.py`; a step up is proposed in `step_up.py`.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import instant, training_day
from bot.protocol.progression import ladder, morning
from bot.protocol.progression.ladder import GAP_DAYS, Next, Rung
from bot.protocol.progression.morning import Verdict
from bot.protocol.session.state import Outcome
from bot.store import athletes, mornings, sessions
from bot.store.athletes import NotedAction
from bot.store.mornings import DAY, Trained
from bot.store.tables import AthleteRow, PlanRow
from bot.training import occurrences
from bot.training.occurrences import Schedule
from bot.training.reasons import STEP_DOWN

LOOKS_BACK: Final = timedelta(days=28)
"""Sessions older than this neither earn credits nor change a dose."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an athlete stands. `day` is the newest day of training, None without one in 28 days.

    `verdict` is of the morning after it, and `follows` what the two ask for. `proposal` is the
    step up that a coach could confirm now. `stepped_down` is when the bot last took a step down,
    within 28 days.
    """

    credits: int
    day: date | None
    verdict: Verdict
    follows: Next | None
    proposal: Rung | None
    stepped_down: datetime | None


@dataclass(slots=True)
class History:
    """What is known of one athlete: the newest plan, the sessions by day, the mornings.

    `today` is the day of training on the clock of `zone`; `pauses` are the days on which the plan
    was paused over a night, and `stepped_down` is when the bot last took a step down.
    """

    athlete: AthleteRow
    plan: PlanRow
    pains: dict[date, int]
    zone: str
    today: date
    pauses: set[date] = field(default_factory=set)
    stepped_down: datetime | None = None
    days: dict[date, list[Trained]] = field(default_factory=lambda: defaultdict(list))

    def verdict(self, day: date) -> Verdict:
        """Return what the morning of `day` says."""
        limit, hard_stop = self.plan.pain_limit, self.plan.hard_stop
        return morning.verdict(self.pains, day, pain_limit=limit, hard_stop=hard_stop)

    def decisive(self, day: date) -> Outcome:
        """Return the outcome that asks for most caution, of the sessions of `day`."""
        says = self.verdict(day + DAY)
        return max((one.outcome for one in self.days[day]), key=lambda one: ladder.TABLE[one, says])

    def follows(self, day: date) -> Next:
        """Return what the sessions of `day` and the morning after ask for."""
        outcomes = (one.outcome for one in self.days[day])
        return ladder.next_after(outcomes, self.verdict(day + DAY))

    @property
    def credits(self) -> int:
        """The credits earned on the newest plan, with no pause and no week away since.

        Another exercise in its place earns none.
        """
        mine = (
            day
            for day in self._unbroken()
            if all(one.plan_id == self.plan.id and not one.instead for one in self.days[day])
        )
        return ladder.credits_of(self.follows(day) for day in mine)

    def _unbroken(self) -> list[date]:
        """Return the newest days of training, in order, since the last pause or week away."""
        found: list[date] = []
        later = self.today
        for day in sorted(self.days, reverse=True):
            away = days_without(self.athlete, self.zone, day, later) >= ladder.GAP_DAYS
            if away or any(day <= pause < later for pause in self.pauses):
                break
            found.append(day)
            later = day
        return found[::-1]


def histories(db: Db, athlete_ids: Sequence[int], now: datetime) -> dict[int, History]:
    """Read what is known of these athletes, with as many statements for one as for all."""
    since = now - LOOKS_BACK
    newest = athletes.newest_plans(db, athlete_ids)
    pains = mornings.pains(db, athlete_ids, (since - LOOKS_BACK - morning.RUNNING).date())
    found = {
        one.person_id: History(
            one, newest[one.person_id], pains[one.person_id], zone, training_day(now, zone)
        )
        for one, zone in athletes.enrolled(db, athlete_ids)
    }
    for trained in mornings.trained(db, athlete_ids, since):
        found[trained.athlete_id].days[trained.day].append(trained)
    for change in athletes.noted(db, athlete_ids, ("pause", "resume", STEP_DOWN), since):
        _add(found[change.athlete_id], change)
    return found


def _add(history: History, change: NotedAction) -> None:
    """Add what was noted; a pause that was ended on the day it began is none."""
    day = training_day(change.at, history.zone)
    match change.action:
        case "pause":
            history.pauses.add(day)
        case "resume":
            history.pauses.discard(day)
        case _:
            history.stepped_down = change.at


def standing(db: Db, athlete_ids: Sequence[int], now: datetime) -> dict[int, Standing]:
    """Return where each of these enrolled athletes stands; the number of statements is constant."""
    return {
        athlete_id: _standing(db, history, now)
        for athlete_id, history in histories(db, athlete_ids, now).items()
    }


def _standing(db: Db, history: History, now: datetime) -> Standing:
    day = max(history.days, default=None)
    return Standing(
        credits=history.credits,
        day=day,
        verdict=Verdict.UNKNOWN if day is None else history.verdict(day + DAY),
        follows=None if day is None else history.follows(day),
        proposal=proposal(db, history, now),
        stepped_down=history.stepped_down,
    )


def proposal(db: Db, history: History, now: datetime) -> Rung | None:
    """Return the step up that a coach could confirm now, if one is earned."""
    athlete, plan = history.athlete, history.plan
    barred = athlete.locked_at is not None or athlete.erase_at is not None
    if barred or occurrences.is_paused(db, athlete.person_id, now):
        return None
    return ladder.proposal(sessions.dose_of(plan), history.credits, now - plan.created_at)


def days_without(schedule: Schedule, zone: str, last: date, day: date) -> int:
    """Return how many days lie between two days of training.

    0 where the schedule itself leaves so many: who trains every Monday was not away.
    """
    found = (day - last).days
    if found < GAP_DAYS:
        return found
    over = instant(last + timedelta(days=1), time(), zone) - timedelta(microseconds=1)
    expected = occurrences.following(schedule, zone, (), over)
    return 0 if expected is not None and expected.local_date >= day else found
