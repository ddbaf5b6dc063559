"""Stretches of days to draw: the usual ones, and the edges."""

from dataclasses import replace
from datetime import date, timedelta

from bot.protocol.report.period import Became, ChartDay, Mark, PeriodChart

MONDAY = date(2026, 11, 16)


def on(number: int, **values: object) -> ChartDay:
    """Return a day, counted from Monday 16 November 2026."""
    return ChartDay(day=MONDAY + timedelta(days=number), **values)  # type: ignore[arg-type]


def held(number: int, first: int, last: int, **more: object) -> ChartDay:
    """Return a day with a session of 50 s that was done."""
    values = {"became": Became.DONE, "worst": max(first, last), "held_s": 50, "planned_s": 50}
    return on(number, first=first, last=last, **{**values, **more})


def chart(*days: ChartDay, name: str = "Maria", limit: int = 3) -> PeriodChart:
    """Return a chart of the days."""
    return PeriodChart(athlete_id=12, name=name, days=days, pain_limit=limit)


def many(count: int, start: int, *, sessions: int = 1) -> tuple[ChartDay, ...]:
    """Return so many days of somebody who gets better, with everything that can happen."""
    days = []
    for n in range(count):
        first = max(0, 3 - n // 9)
        base = held(start + n, first, max(0, first - n % 2), morning=max(1, 4 - n // 6))
        days.append(replace(base, held_s=50.0 * sessions, planned_s=50.0 * sessions))
    return tuple(days)


WEEK = (
    held(0, 3, 2, morning=2),
    held(1, 3, 1, morning=3),
    held(2, 3, 5, became=Became.STOPPED, held_s=28, morning=2),
    on(3, became=Became.RESTED, morning=5),
    on(4, became=Became.SKIPPED, morning=3),
    held(5, 2, 1, morning=2),
    on(6, became=Became.NOT_DELIVERED),
)
MONTH = (
    *many(6, -21),
    on(-15, became=Became.MISSED),
    *many(5, -14),
    held(-9, 3, 6, became=Became.STOPPED, held_s=20, morning=3),
    on(-8, became=Became.RESTED, morning=5),
    on(-7),
    on(-6),
    on(-5, became=Became.NOT_DELIVERED, morning=3),
    on(-4, became=Became.UNFINISHED, held_s=20, planned_s=50),
    *many(3, -3),
    *(replace(one, first=2, last=1) for one in many(4, 0)),
    held(4, 2, 1, extra=True, held_s=100, planned_s=100, morning=1),
    on(5, became=Became.SKIPPED),
    on(6, became=Became.OPEN, morning=1),
)
EVERYTHING = tuple(
    on(
        number,
        became=became,
        extra=number == 1,
        first=number,
        last=10 - number,
        worst=10,
        morning=number,
        held_s=1500,
        planned_s=2880,
        marks=tuple(Mark),
    )
    for number, became in enumerate(Became)
)
CHARTS = {
    "week": chart(*WEEK, name="María José Fernández"),
    "month": chart(*MONTH, name="Maria"),
    "nothing": chart(*(on(n) for n in range(7))),
    "no days": chart(),
    "one day": chart(held(0, 3, 1, morning=2)),
    "mornings": chart(*(on(n, morning=n % 5) for n in range(28))),
    "week mornings": chart(*(on(n, morning=n + 4) for n in range(7))),
    "twice a day": chart(
        *(held(n, n % 4, n % 3, held_s=300, planned_s=300, morning=n % 4) for n in range(28)),
        name="Þórbjörg Ævarsdóttir-Guðmundsdóttir frá Kirkjubæjarklaustri",
    ),
    "ten": chart(*(held(n, 10, 10, became=Became.STOPPED, morning=10) for n in range(28))),
    "week of ten": chart(*(held(n, 10, 10, became=Became.STOPPED, morning=10) for n in range(7))),
    "limit 0": chart(*(held(n, n % 2, 0, morning=0) for n in range(7)), limit=0, name="李小龍 🏃"),
    "limit 5": chart(*(held(n, 5, n) for n in range(7)), limit=5, name="$x$ <b> & Ана"),
    "unknown": chart(
        *(on(n, became=Became.UNFINISHED, held_s=20, planned_s=50) for n in range(3)),
        on(3, became=Became.UNFINISHED, first=2, planned_s=50, held_s=10),
        on(4, became=Became.STOPPED, worst=7, planned_s=50),
        on(5, became=None, extra=True, first=1, last=1, worst=1, held_s=50, planned_s=50),
        on(6, became=Became.RESTED, worst=5),
    ),
    "everything": chart(*EVERYTHING),
}
