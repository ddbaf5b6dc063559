"""Pages to print: a usual one, and what is too much for a sheet."""

from dataclasses import replace

from bot.protocol.report.period import ReportPage
from tests.reports.days import CHARTS

COLUMNS = ("Day", "What became of it", "Pain", "Holds", "Held")
ROW = ("Fri 20 Nov 07:30", "done", "3 → 1", "5 of 5", "50 of 50 s")
LONG = "Ærøskøbing and a very long story that nobody will ever read to its end, " * 30
USUAL = ReportPage(
    title="María José Fernández · 28 days to Sun 22 Nov 2026",
    lines=(
        "Plan 2: 5 holds of 10 s, LEFT side, every day at 07:30 (Europe/Berlin)",
        "Pain limit 3 of 10. Coach: Kim.",
    ),
    chart=CHARTS["month"],
    figures=(
        ("Planned", "27"),
        ("Done", "19"),
        ("Stopped by pain", "1"),
        ("Rested on pain", "1"),
        ("Skipped", "1"),
        ("Missed", "1"),
        ("Not delivered (our fault)", "1"),
        ("Time held", "1,040 of 1,100 s"),
    ),
    columns=COLUMNS,
    sessions=(
        ROW,
        ("Sat 7 Nov 07:30", "stopped by pain at hold 2", "3 → 6", "2 of 5", "20 of 50 s"),
    )
    * 10,
    foot="Pain is what the athlete answered, from 0, no pain, to 10, as bad as can be imagined. "
    "An answer not given is unknown and is not counted. Holdfast makes no diagnosis.",
)
PAGES = {
    "usual": USUAL,
    "empty": ReportPage(
        title="", lines=(), chart=CHARTS["no days"], figures=(), columns=(), sessions=(), foot=""
    ),
    "no sessions": replace(USUAL, sessions=(), chart=CHARTS["nothing"]),
    "too much": ReportPage(
        title=LONG,
        lines=(LONG,) * 9,
        chart=CHARTS["everything"],
        figures=((LONG, LONG),) * 40,
        columns=COLUMNS,
        sessions=((LONG,) * 5,) * 500,
        foot=LONG * 3,
    ),
    "other letters": replace(USUAL, title="李小龍 🏃 Ана Đặng", lines=("x" * 500, "a\nb\tc")),
}
