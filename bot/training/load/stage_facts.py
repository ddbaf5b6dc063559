"""What is known of an athlete for leaving the first stage (PROTOCOL 7)."""

from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.calendar.local_time import local
from bot.protocol.load.stages import ExitCondition, HeldSession, Met, StageFacts, exit_list
from bot.protocol.report.period import Became, ReportedSession, Stretch
from bot.protocol.session.state import Outcome
from bot.store import (
    athletes,
    load_settings,
    mornings,
    people,
    sessions,
    stage_facts,
    weekly_checks,
)
from bot.training.history import stretches

_DAY: Final = timedelta(days=1)
_MONTH: Final = timedelta(days=27)
_STOPPED: Final = frozenset({Outcome.STOPPED_PAIN, Outcome.STOPPED_HARD, Outcome.RED_FLAG})


def exit_conditions(db: Db, athlete_id: int, now: datetime) -> dict[ExitCondition, Met]:
    """Return the conditions that count for an athlete, each with its answer."""
    return exit_list(facts(db, athlete_id, now))


def facts(db: Db, athlete_id: int, now: datetime) -> StageFacts:
    """Return what is known on the athlete's day of now."""
    person, asked_for = people.person(db, athlete_id), load_settings.of_athlete(db, athlete_id)
    today = local(now, person.zone).date()
    span = (today - _MONTH, today)
    month = stretches(db, [person], {athlete_id: span}, athlete_id)[athlete_id]
    week = month.part(today - 6 * _DAY, today)
    plan = people.plan(db, athlete_id)
    stood = local(athletes.dose_set_at(db, athlete_id), person.zone).date()
    asked = mornings.asked(db, athlete_id, today - 13 * _DAY)
    longest = stage_facts.longest_hold_s(db, athlete_id, now - timedelta(days=28), plan.pain_limit)
    return StageFacts(
        today=today,
        dose=sessions.dose_of(plan),
        stood_since=stood,
        done=week.counts[Became.DONE],
        asked=week.asked,
        sessions=_held(month),
        mornings=[value for day, value in asked if day > today - 7 * _DAY],
        mornings_before=[value for day, value in asked if day <= today - 7 * _DAY],
        longest_hold_s=longest if asked_for.long_hold else None,
        tests=_tests(db, athlete_id, today) if asked_for.load_test else None,
        open_flag=bool(people.open_flags(db, athlete_id)),
    )


def _held(month: Stretch) -> list[HeldSession]:
    return [
        HeldSession(
            one.day,
            lessening=one.outcome == Outcome.LESSENING,
            stopped=one.outcome in _STOPPED,
            worst=_worst(one),
        )
        for one in month.trained
        if one.outcome is not None
    ]


def _worst(one: ReportedSession) -> int | None:
    """Return the worst pain of a session; of one that lacks an answer nobody knows it."""
    return None if one.outcome == Outcome.PARTIAL else one.worst


def _tests(db: Db, athlete_id: int, today: date) -> dict[date, int]:
    return weekly_checks.tests(db, athlete_id, today - 6 * _DAY)
