"""/athlete: one athlete's card, with the last 28 days as a picture."""

import re
from datetime import timedelta
from typing import Final

from bot.coaching.athletes import session
from bot.coaching.athletes.board import morning_pain, session_brief
from bot.coaching.athletes.messages import AthleteCard, DayWithout, PlanBrief
from bot.coaching.athletes.urgency import Glance, glances
from bot.coaching.messages import Album, OpenFlag
from bot.coaching.notes.flow import SHOWN as NOTES
from bot.coaching.notes.flow import shown
from bot.conversation import who
from bot.conversation.interaction import Interaction
from bot.protocol.calendar.local_time import local
from bot.protocol.dose.dose import Dose
from bot.protocol.load.entries import Extra
from bot.protocol.load.report import LoadReport
from bot.protocol.load.stages import FIRST
from bot.protocol.report.headline import headline
from bot.protocol.report.period import PeriodChart, chart_days
from bot.store import people, sessions
from bot.store.marks import marks
from bot.training import occurrences, pauses
from bot.training.load import overview
from bot.training.load.reports import load_reports
from bot.training.load.stage_facts import exit_conditions
from bot.training.phrases import say_headline

_SESSION: Final = re.compile(r"(#\d{1,18}) (\d{1,18})", re.ASCII)
SESSIONS: Final = 5
"""Sessions on a card."""
WEEK: Final = 7
"""Days whose load is told."""
DAYS_WITHOUT: Final = 7
"""Days in which what was skipped or missed stands with its reason."""


def athlete(turn: Interaction, words: str) -> None:
    """Show the card of the athlete who is named, and the picture after it, if it shows anything.

    A button of an alert names a session of theirs, too (`#12 34`): that one is shown.
    """
    of_session = _SESSION.fullmatch(words)
    if of_session is not None:
        session.show(turn, of_session[1], int(of_session[2]))
        return
    named = who.athlete_named(turn, "athlete", words, alone=True)
    if named is None:
        return
    (found,) = glances(turn.db, [named.person], turn.now, turn.person_id)
    turn.say(_card(turn, found))
    month = _month(turn, found)
    if not month.is_empty:
        turn.send(Album((month,)))


def _month(turn: Interaction, one: Glance) -> PeriodChart:
    span = (one.stretch.first_day, one.stretch.last_day)
    marked = marks(turn.db, [one.person], {one.id: span})[one.id]
    return PeriodChart(
        athlete_id=one.id,
        name=one.person.name,
        days=chart_days(one.stretch, marked),
        pain_limit=people.plan(turn.db, one.id).pain_limit,
        verdict=say_headline(headline(one.stretch)),
    )


def _card(turn: Interaction, one: Glance) -> AthleteCard:
    week = one.week
    trained = [session_brief(found) for found in reversed(one.stretch.trained) if found.outcome]
    plan, zone = people.plan(turn.db, one.id), one.person.zone
    proposal, down = one.standing.proposal, one.standing.stepped_down
    pause = pauses.state(turn.db, one.id, turn.now)
    load = _load(turn, one)
    assert plan.id is not None
    return AthleteCard(
        athlete_id=one.id,
        name=who.known_as(turn, one.person),
        today=one.today,
        plan=_plan(sessions.dose_of(plan)),
        credits=one.standing.credits,
        step_up=None if proposal is None else str(proposal),
        plan_id=plan.id,
        stepped_down=None if down is None else local(down, zone).date(),
        days=one.athlete.weekdays,
        times=one.athlete.times,
        zone=zone,
        next_at=occurrences.next_at(turn.db, one.id, turn.now),
        coach_zone=people.person(turn.db, turn.person_id).zone,
        lock=one.athlete.lock_reason,
        flags=tuple(OpenFlag(flag.kind, flag.at) for flag in one.flags),
        paused=one.paused,
        paused_until=pause.back_on,
        pause_reason=pause.reason,
        pause_from=pause.first_day,
        unreachable_since=one.person.unreachable_since,
        leaving=one.athlete.erase_at,
        sessions=tuple(trained[:SESSIONS]),
        done=week.followed,
        planned=week.asked,
        missed=one.missed,
        reasons=_reasons(one),
        mornings=tuple(morning_pain(found) for found in one.stretch.mornings[-3:]),
        notes=shown(turn.db, one.id, NOTES),
        load=load,
        diary=load is not None,
        left_out=overview.left_out(turn.db, one.id, tuple(Extra), one.today),
        stage=plan.stage,
        conditions=tuple(exit_conditions(turn.db, one.id, turn.now).items())
        if plan.stage == FIRST
        else (),
    )


def _load(turn: Interaction, one: Glance) -> LoadReport | None:
    """Return the load of the last days; None where the diary is not shared with the reader."""
    days = one.today - timedelta(days=WEEK - 1), one.today
    return load_reports(turn.db, {one.id: days}, turn.person_id).get(one.id)


def _plan(dose: Dose) -> PlanBrief:
    return PlanBrief(
        holds=dose.holds,
        hold_s=dose.hold_s,
        sets=dose.sets,
        side=dose.side,
        exercise=dose.exercise,
        limit=dose.pain_limit,
    )


def _reasons(one: Glance) -> tuple[DayWithout, ...]:
    """Return the last week's days that have a reason."""
    return tuple(
        DayWithout(found.day, found.became, found.reason)
        for found in one.stretch.planned
        if found.reason is not None and (one.today - found.day).days < DAYS_WITHOUT
    )
