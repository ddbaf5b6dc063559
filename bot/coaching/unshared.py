"""Letters that wait and tell of load: whose, and what is left of them where it is not shared."""

from collections.abc import Mapping
from dataclasses import replace

from bot.coaching.athletes.messages import AthleteCard
from bot.coaching.messages import Album, ListedAthlete, Summary, WeekFile
from bot.conversation.message import Message, Say
from bot.protocol.report.athlete_week import OF_CHECKS, AthleteWeek, Decision
from bot.protocol.report.period import PeriodChart


def whose_load(intent: Message) -> frozenset[int]:
    """Return the athletes of whose load a letter may tell; a file is made as it leaves."""
    match intent:
        case Say(reply) if isinstance(reply, AthleteCard):
            return frozenset({reply.athlete_id})
        case Album():
            return frozenset(one.athlete_id for one in intent.charts)
        case Summary():
            return frozenset(one.athlete_id for one in intent.order)
        case WeekFile():
            return frozenset(one.athlete_id for one in intent.listed)
    return frozenset()


def without_load(intent: Message, shut: frozenset[int]) -> Message:
    """Return a letter without the load of these athletes."""
    match intent:
        case Say(reply) if isinstance(reply, AthleteCard) and reply.athlete_id in shut:
            return replace(intent, reply=replace(reply, load=None, diary=False))
        case Album():
            return replace(intent, charts=tuple(_chart(one, shut) for one in intent.charts))
        case Summary():
            weeks = {one.athlete_id: _week(one, shut) for one in intent.athletes}
            listed = tuple(_listed(one, shut, weeks) for one in intent.listed)
            return replace(intent, athletes=tuple(weeks.values()), listed=listed)
        case WeekFile():
            return replace(intent, listed=tuple(_listed(one, shut, {}) for one in intent.listed))
    return intent


def _chart(one: PeriodChart, shut: frozenset[int]) -> PeriodChart:
    if one.athlete_id not in shut:
        return one
    return replace(one, days=tuple(day.without_load() for day in one.days))


def _week(one: AthleteWeek, shut: frozenset[int]) -> AthleteWeek:
    if one.athlete_id not in shut:
        return one
    return replace(one, load=None, decision=_decision(one.decision, one))


def _listed(
    one: ListedAthlete, shut: frozenset[int], weeks: Mapping[int, AthleteWeek]
) -> ListedAthlete:
    if one.athlete_id not in shut:
        return one
    return replace(one, decision=_decision(one.decision, weeks.get(one.athlete_id)))


def _decision(found: Decision, week: AthleteWeek | None) -> Decision:
    """Return what is to be decided without the weekly answers."""
    if found not in OF_CHECKS:
        return found
    earned = week is not None and week.step_up is not None
    return Decision.STEP_UP if earned else Decision.NOTHING
