"""Load of many athletes at once, as coaches read it: five statements, however many they are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.calendar.weeks import IsoWeek
from bot.protocol.load.entries import LoadEntry
from bot.protocol.load.report import READS, LoadReport, load_report
from bot.protocol.load.weekly_check import READS as READS_WEEKS
from bot.protocol.load.weekly_check import Check, newest_course
from bot.store import agreed, athletes, mornings, weekly_checks
from bot.store import load as rows_of
from bot.store.tables import PlanRow

_WEEKS: Final = 4
_JUDGED_BY: Final = timedelta(days=63)
"""Mornings of 28 days are judged by those of 28 days, and of a week, before each."""


def load_reports(
    db: Db, spans: Mapping[int, tuple[date, date]], reader_id: int
) -> dict[int, LoadReport]:
    """Return what is told of athletes' local days from the first to the last.

    An athlete whose load `reader_id` may not see is not among them.
    """
    seen = agreed.sees_load(db, reader_id, spans)
    spans = {one: days for one, days in spans.items() if one in seen}
    if not spans:
        return {}
    ids = list(spans)
    first, last = min(one for one, _ in spans.values()), max(one for _, one in spans.values())
    entries = rows_of.entries(db, ids, min(first, last) - READS, last)
    pains, newest = mornings.pains(db, ids, last - _JUDGED_BY), athletes.newest_plans(db, ids)
    checks = weekly_checks.of_many(db, ids, IsoWeek.containing(last).plus(-READS_WEEKS))
    return {
        one: _with_checks(_report(entries[one], pains[one], newest[one], *days), checks[one], days)
        for one, days in spans.items()
    }


def _with_checks(
    found: LoadReport, checks: Mapping[IsoWeek, Check], days: tuple[date, date]
) -> LoadReport:
    week = IsoWeek.containing(days[1])
    told = [one for at, one in checks.items() if week.plus(-_WEEKS) <= at <= week]
    return replace(found, checks=tuple(told[-_WEEKS:]), course=newest_course(checks, week))


def _report(
    entries: list[LoadEntry], pains: dict[date, int], plan: PlanRow, begin: date, end: date
) -> LoadReport:
    return load_report(
        [one for one in entries if one.day <= end],
        {day: value for day, value in pains.items() if day <= end},
        begin,
        end,
        pain_limit=plan.pain_limit,
        hard_stop=plan.hard_stop,
    )
