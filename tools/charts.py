"""Draw an example of every picture a coach or an athlete gets; run by `make docs`."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pypdfium2

from bot.charts.chart_data import HoldBar, SessionChart
from bot.charts.pdf_page import pdf
from bot.charts.period_chart import period_chart
from bot.charts.session_chart import session_chart
from bot.charts.week_pdf import week_pdf
from bot.protocol.load.entries import Extra
from bot.protocol.report.period import Became, ChartDay, Mark, PeriodChart, ReportPage
from bot.protocol.report.week_sheet import SheetAthlete, WeekSheet

DOCS: Final = Path("docs")
DOTS: Final = 100 / 72  # of the page's picture, a point

FIRST: Final = date(2026, 10, 26)
STOPPED, RESTED, UNTOLD, OURS = 12, 13, 16, 20
UNTRAINED: Final = {
    6: Became.MISSED,
    RESTED: Became.RESTED,
    OURS: Became.NOT_DELIVERED,
    25: Became.SKIPPED,
}


MARKED: Final = {
    STOPPED: (Mark.NOTE,),
    RESTED: (Mark.PLAN,),
    UNTOLD: (Mark.PLAN,),
    18: (Mark.PAUSED,),
    19: (Mark.PAUSED,),
}
PAUSED: Final = frozenset({18, 19})


def day(number: int) -> ChartDay:
    """Return a day of somebody who gets better, with most of what can happen."""
    return replace(_held(number), **SPORT.get(number % 7, {}) if number != OURS else {})


SPORT: Final[dict[int, dict[str, Any]]] = {
    0: {"minutes": 30, "load": 90},
    1: {"minutes": 45, "load": 180, "felt": (Extra.UPHILL,)},
    2: {"minutes": 0, "load": 0},
    3: {"minutes": 50, "load": 300, "felt": (Extra.HINGE, Extra.FAST)},
    5: {"minutes": 75, "load": 300},
    6: {"minutes": 0, "load": 0},
}
"""What was done beside the holds, by the day of the week; of the fifth nothing is known."""


def _held(number: int) -> ChartDay:
    plain = ChartDay(
        day=FIRST + timedelta(days=number),
        morning=max(1, 4 - number // 7),
        marks=MARKED.get(number, ()),
    )
    if number in PAUSED:
        return replace(plain, morning=None)
    if number in UNTRAINED:
        return replace(plain, became=UNTRAINED[number], morning=5 if number == RESTED else None)
    first, planned = max(1, 3 - number // 10), 50 if number < UNTOLD else 80
    done = replace(plain, became=Became.DONE, held_s=planned, planned_s=planned)
    if number == UNTOLD:
        return replace(done, became=Became.UNFINISHED, held_s=20)
    if number == STOPPED:
        return replace(done, became=Became.STOPPED, first=3, last=5, worst=5, held_s=28)
    return replace(done, first=first, last=max(0, first - 1 - number % 2), worst=first)


SESSION: Final = SessionChart(
    "Sun 22 Nov",
    tuple(
        HoldBar(number, "left", 10, 10, pain, "done")
        for number, pain in enumerate((3, 3, 2, 2, 2, 1, 1, 1), 1)
    ),
    3,
    3,
)
MONTH: Final = PeriodChart(
    athlete_id=1,
    name="Maria",
    days=tuple(map(day, range(28))),
    pain_limit=3,
    verdict="Stopped by pain, last Sat 7; pain is less than before; 22 of 25 as planned",
)
WEEK: Final = replace(
    MONTH,
    days=MONTH.days[7:14],
    verdict="Stopped by pain, last Sat 7; pain is the same; 7 of 7 as planned",
)


def row(one: ChartDay) -> tuple[str, ...]:
    """Return a day as a row of the table."""
    name = f"{one.day:%a} {one.day.day} {one.day:%b}"
    aside = (
        "–" if one.morning is None else f"{one.morning}",
        ", ".join(MARKS[mark] for mark in one.marks),
    )
    if not one.planned_s:
        return (name, OUTCOMES.get(one.became, "–"), *[""] * 5, *aside)
    known = one.first is not None
    return (
        name,
        OUTCOMES.get(one.became, "pain eased"),
        f"{one.planned_s // 10:.0f} × 10 s, left, standing hold, tubing at the hip",
        f"{one.first}" if known else "2",
        f"{one.first} → {one.last}" if known else "–",
        f"{one.worst}" if known else "–",
        f"{one.held_s // 10:.0f}/{one.planned_s // 10:.0f}, {one.held_s:.0f} s",
        *aside,
    )


MARKS: Final = {Mark.NOTE: "note", Mark.PLAN: "new plan", Mark.PAUSED: "paused"}
OUTCOMES: Final[dict[Became | None, str]] = {
    Became.STOPPED: "stopped by pain",
    Became.UNFINISHED: "incomplete",
    Became.RESTED: "rested on pain",
    Became.MISSED: "missed",
    Became.SKIPPED: "skipped: no time",
    Became.NOT_DELIVERED: "not delivered (our fault)",
}
PAGE: Final = ReportPage(
    title="Maria",
    lines=(
        "Mon 26 Oct 2026 – Sun 22 Nov 2026, Europe/Berlin time",
        "Plan: standing hold, tubing at the hip, 8 × 10 s, left side, rest 20 s",
        "Goes on up to pain 3. Sessions lock from pain 6.",
        "Schedule: every day at 07:30",
        "Load, 7 days: 200 min, load 870, hills 1, fast 1, deadlifts 1 (6 of 7 days known)",
        "7 days before: 125 min, load 570, hills 1, fast 1, deadlifts 1 (5 of 7 days known)",
        "28 days: 780 min, load 3,240, hills 5, fast 4, deadlifts 4 (24 of 28 days known)",
        "Mornings up after hills 1 of 5, without hills 1 of 20.",
    ),
    chart=MONTH,
    figures=(
        ("Planned", "26"),
        ("As planned", "22 of 25"),
        ("Done", "20"),
        ("Unfinished", "1"),
        ("Stopped by pain", "1"),
        ("Rested on pain", "1"),
        ("Skipped", "1"),
        ("Missed", "1"),
        ("Not delivered (our fault)", "1"),
        ("Days paused", "2"),
        ("Time held", "1258 of 1340 s"),
        ("Worst pain", "5 (Sat 7 Nov)"),
        ("Morning pain, mean", "2.6 (23 mornings)"),
    ),
    columns=(
        "Day",
        "Session",
        "Dose, side, exercise",
        "Before",
        "First → last",
        "Worst",
        "Holds, held",
        "Morning",
        "",
    ),
    sessions=tuple(map(row, reversed(MONTH.days))),
    foot="Pain is the athlete's own answer, 0 (none) to 10 (as bad as one can imagine). Held: "
    "seconds in holds. A diary, not a diagnosis. Made by Holdfast Sun 22 Nov 2026 20:00 "
    "(Europe/Berlin).",
)


SHEET: Final = WeekSheet(
    title="3 athletes, Mon 2 – Sun 8 Nov 2026",
    lead="3 decisions to take; the most urgent first.",
    athletes=(
        SheetAthlete(
            athlete_id=1,
            name="Maria",
            verdict="Stopped by pain Sat (5): ease to 5 × 10 s?",
            urgent=True,
            lines=(
                "7 of 7 as planned · 5 done · 1 stopped by pain · 1 rested on pain",
                "Stopped Sat: hold 3, pain 5",
                "Pain 3→1, 3→2, 3→1, 3→2, 2→1, 3→5 · worst 5 (Sat) · mornings 3, 3, 3, 3, 3, 3, 5",
                "Held 278 of 300 s",
                "Week before: 6 of 7 as planned, held 300 s; pain is the same",
            ),
            days=WEEK.days,
            pain_limit=3,
        ),
        SheetAthlete(
            athlete_id=2,
            name="Jonas",
            verdict="A step up is earned, to 10 × 10 s: confirm it?",
            urgent=True,
            lines=("6 of 7 as planned · 6 done · 1 skipped (no time)", "Held 480 of 480 s"),
            days=tuple(
                replace(one, day=WEEK.days[at].day) for at, one in enumerate(MONTH.days[21:28])
            ),
            pain_limit=3,
        ),
        SheetAthlete(
            athlete_id=3,
            name="Runa",
            verdict="Morning pain is up (4, 4, 4): ease to 5 × 10 s?",
            urgent=True,
            lines=("6 of 7 as planned · 6 done · 1 missed", "Held 300 of 300 s"),
            days=tuple(
                replace(one, day=WEEK.days[at].day) for at, one in enumerate(MONTH.days[:7])
            ),
            pain_limit=3,
        ),
    ),
    foot="Pain is each athlete's own answer, 0 (none) to 10 (as bad as one can imagine). A diary, "
    "not a diagnosis. Made by Holdfast 9 Nov 2026 07:00 (Europe/Berlin).",
)


def picture(content: bytes, name: str) -> None:
    """Write how the first page of a PDF looks."""
    with pypdfium2.PdfDocument(content) as document:
        look = document[0].render(scale=DOTS).to_pil().quantize(128)
        look.save(DOCS / name, optimize=True)


def main() -> None:
    """Write the pictures, and the pages as they are sent and as they look."""
    page = pdf(PAGE)
    (DOCS / "picture-session.png").write_bytes(session_chart(SESSION))
    (DOCS / "picture-week.png").write_bytes(period_chart(WEEK))
    (DOCS / "picture-month.png").write_bytes(period_chart(MONTH))
    (DOCS / "picture-page.pdf").write_bytes(page)
    picture(page, "picture-page.png")
    picture(week_pdf(SHEET), "picture-sheet.png")


if __name__ == "__main__":
    main()
