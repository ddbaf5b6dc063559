"""What some days come to, in one line: what ended sessions, how pain moved, what was followed."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.protocol.report.athlete_week import PainTrend, mornings_trend, trend
from bot.protocol.report.period import Stretch
from bot.protocol.session.state import Outcome

_ENDED: frozenset[Outcome] = frozenset(
    {Outcome.STOPPED_PAIN, Outcome.STOPPED_HARD, Outcome.RED_FLAG}
)


@dataclass(frozen=True, slots=True)
class Headline:
    """The facts of the line; `last_stop` is the day on which pain or a sign last ended a session.

    `trend` is of the last holds or, where no pain of a hold is known on both sides, `of_mornings`.
    """

    stopped: int
    flagged: int
    last_stop: date | None
    rose: bool
    trend: PainTrend | None
    of_mornings: bool
    followed: int
    asked: int


def headline(days: Stretch, before: Stretch | None = None) -> Headline:
    """Return what these days come to, compared with those `before`; else their halves are."""
    if before is None:
        middle = days.first_day + timedelta(days=days.days // 2)
        before = days.part(days.first_day, middle - timedelta(days=1))
        late = days.part(middle, days.last_day)
    else:
        late = days
    stops = [one for one in days.trained if one.outcome in _ENDED]
    over = [one for one in days.trained if one.outcome]
    by_holds = trend(before, late)
    return Headline(
        stopped=sum(one.outcome != Outcome.RED_FLAG for one in stops),
        flagged=sum(one.outcome == Outcome.RED_FLAG for one in stops),
        last_stop=stops[-1].day if stops else None,
        rose=bool(over) and over[-1].outcome == Outcome.RISING,
        trend=mornings_trend(before, late) if by_holds is None else by_holds,
        of_mornings=by_holds is None,
        followed=days.followed,
        asked=days.asked,
    )
