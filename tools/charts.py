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
from bot.protocol.load.entries import Extra
from bot.protocol.report.period import Became, ChartDay, PeriodChart, ReportPage

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
    plain = ChartDay(day=FIRST + timedelta(days=number), morning=max(1, 4 - number // 7))
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
    athlete_id=1, name="Maria", days=tuple(map(day, range(28))), pain_limit=3
)
WEEK: Final = replace(MONTH, days=MONTH.days[7:14])


def rows() -> tuple[tuple[str, ...], ...]:
    """Return the month's sessions, newest first."""
    trained = [one for one in reversed(MONTH.days) if one.planned_s]
    return tuple(
        (
            f"{one.day:%a} {one.day.day} {one.day:%b}",
            OUTCOMES.get(one.became, "pain eased"),
            "2" if one.first is None else f"{one.first}",
            "–" if one.first is None else f"{one.first} → {one.last}",
            "–" if one.worst is None else f"{one.worst}",
            f"{one.held_s // 10:.0f}/{one.planned_s // 10:.0f}",
            f"{one.held_s:.0f} s",
        )
        for one in trained
    )


OUTCOMES: Final[dict[Became | None, str]] = {
    Became.STOPPED: "stopped, pain over the limit",
    Became.UNFINISHED: "incomplete",
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
        "Mornings up after hills 1 of 5, without hills 1 of 20.",
    ),
    chart=MONTH,
    figures=(
        ("Planned", "28"),
        ("As planned", "24 of 27"),
        ("Done", "22"),
        ("Unfinished", "1"),
        ("Stopped by pain", "1"),
        ("Rested on pain", "1"),
        ("Skipped", "1"),
        ("Missed", "1"),
        ("Not delivered (our fault)", "1"),
        ("Time held", "1418 of 1500 s"),
        ("Worst pain", "5 (Sat 7 Nov)"),
        ("Morning pain, mean", "2.6 (25 mornings)"),
    ),
    columns=("Day", "Session", "Before", "First → last", "Worst", "Holds", "Held"),
    sessions=rows(),
    foot="Pain is the athlete's own answer, 0 (none) to 10 (as bad as one can imagine). Held: "
    "seconds in holds. A diary, not a diagnosis. Made by Holdfast Sun 22 Nov 2026 20:00 "
    "(Europe/Berlin).",
)


def main() -> None:
    """Write the pictures, and the page as it is sent and as it looks."""
    page = pdf(PAGE)
    (DOCS / "picture-session.png").write_bytes(session_chart(SESSION))
    (DOCS / "picture-week.png").write_bytes(period_chart(WEEK))
    (DOCS / "picture-month.png").write_bytes(period_chart(MONTH))
    (DOCS / "picture-page.pdf").write_bytes(page)
    with pypdfium2.PdfDocument(page) as document:
        look = document[0].render(scale=DOTS).to_pil().quantize(128)
        look.save(DOCS / "picture-page.png", optimize=True)


if __name__ == "__main__":
    main()
