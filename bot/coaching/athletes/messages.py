"""What /athletes and an athlete's card say, as values. Pain is 0–10; days are the athlete's own."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, NamedTuple, Self

from bot.coaching.messages import OpenFlag
from bot.coaching.notes.messages import Line
from bot.conversation.message import Reply
from bot.protocol.dose.dose import Side
from bot.protocol.load.report import LoadReport
from bot.protocol.load.stages import FIRST, ExitCondition, Met
from bot.protocol.report.period import Became
from bot.protocol.session.state import Outcome
from bot.training.load.messages import LeftOut


class Need(StrEnum):
    """What needs the coach, the most urgent first."""

    LOCKED = "locked"  # a red flag is open, or sessions are locked
    STOPPED = "stopped"  # stopped by pain today or yesterday
    RISING = "rising"  # the last session ended on rising pain
    MISSED = "missed"  # two days or more missed, running
    UNREACHABLE = "unreachable"  # messages do not arrive
    STEP_UP = "step_up"  # a step up is earned, and waits for a coach
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBrief:
    """A session in a line: pain at the `first` hold, or before it where none was held, and `last`.

    Where one hold alone was answered there is no first. The hold `stop_hold`, counted from 1, ended
    it with `stop_pain`. `tension_s` of `planned_s` seconds were held; `bandless` if they were held
    without the plan's band.
    """

    day: date
    outcome: Outcome
    first: int | None
    last: int | None
    stop_hold: int | None
    stop_pain: int | None
    tension_s: int
    planned_s: int
    bandless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionShown(Reply):
    """One session of an athlete, opened at `at`; `session` is None while it runs.

    `done` of `planned` holds were completed; `before` is the pain before the first, and `late`
    tells that an answer came after the end.
    """

    topic: ClassVar[str] = "session_shown"
    athlete_id: int
    name: str
    at: datetime
    zone: str
    coach_zone: str
    today: date
    session: SessionBrief | None
    done: int
    planned: int
    before: int | None
    late: bool


class MorningPain(NamedTuple):
    """The pain of a morning; stored as a pair, and read from an object as well: 0.1.0 had both."""

    day: date
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AthleteBrief:
    """One athlete in the list; `flags` are the kinds of open red flags.

    `missed` planned days were missed in a row, up to now; `done` of `planned` sessions followed the
    plan this week so far. `morning` is today's or yesterday's.
    """

    athlete_id: int
    name: str
    need: Need
    flags: tuple[str, ...]
    missed: int
    paused: bool
    leaving: bool
    today: date
    last: SessionBrief | None
    done: int
    planned: int
    morning: MorningPain | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AthleteList(Reply):
    """A page of the reader's athletes, or of `everybody`, out of `count`; pages count from 1."""

    topic: ClassVar[str] = "athletes"
    athletes: tuple[AthleteBrief, ...]
    count: int
    everybody: bool
    page: int
    pages: int

    def without(self, gone: frozenset[int]) -> Self:
        """Leave athletes out, of the count too; a list of nobody says that there is nobody."""
        kept = tuple(one for one in self.athletes if one.athlete_id not in gone)
        return replace(self, athletes=kept, count=self.count - len(self.athletes) + len(kept))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanBrief:
    """The plan in a line: holds of so many seconds, the exercise's key, and the pain limit."""

    holds: int
    hold_s: int
    sets: int
    side: Side
    exercise: str
    limit: int


class DayWithout(NamedTuple):
    """A day without its session: what became of it, and the reason given; stored as a triple."""

    day: date
    became: Became
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AthleteCard(Reply):
    """One athlete: what bars sessions, the plan, the newest sessions, mornings and notes.

    `credits` count towards a step up; `step_up` is the dose that waits for the coach, in words, to
    follow the plan `plan_id`, and `stepped_down` the day of the bot's own step. `days` and `times`
    are the schedule as it is stored: "0,2,4" and "07:30,18:00". `lock` is why sessions are locked,
    `paused_until` the first day back of a pause, `pause_from` its first where it lies ahead,
    `leaving` when the data is erased. `missed`, `done` and
    `planned` are as in the list. `load` is that of the last days, None without the `diary`, which
    is not shared with everybody; `left_out` is what a coach asked to leave out. `conditions` are
    those for leaving the first stage.
    """

    topic: ClassVar[str] = "athlete_card"
    athlete_id: int
    name: str
    today: date
    plan: PlanBrief
    credits: int
    step_up: str | None
    plan_id: int
    stepped_down: date | None
    days: str
    times: str
    zone: str
    next_at: datetime | None
    coach_zone: str
    lock: str | None
    flags: tuple[OpenFlag, ...]
    paused: bool
    paused_until: date | None
    pause_reason: str | None
    unreachable_since: datetime | None
    leaving: datetime | None
    sessions: tuple[SessionBrief, ...]
    done: int
    planned: int
    missed: int
    reasons: tuple[DayWithout, ...]
    mornings: tuple[MorningPain, ...]
    notes: tuple[Line, ...]
    pause_from: date | None = None
    load: LoadReport | None = None
    diary: bool = True
    left_out: tuple[LeftOut, ...] = ()
    stage: int = FIRST
    conditions: tuple[tuple[ExitCondition, Met], ...] = ()

    @property
    def load_of(self) -> frozenset[int]:
        """The athlete."""
        return frozenset({self.athlete_id})

    def without_load(self, shut: frozenset[int]) -> Self:
        """Say that the diary is not shared, where it is not."""
        return replace(self, load=None, diary=False) if self.athlete_id in shut else self
