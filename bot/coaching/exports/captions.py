"""What is said beside pictures and documents, for whoever cannot see them too."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from bot.coaching.exports.messages import Enclosed
from bot.coaching.messages import FileForm
from bot.conversation.screen import esc, lines
from bot.protocol.calendar.local_time import say_span
from bot.protocol.names import called
from bot.protocol.report.period import PeriodChart, ReportPage
from bot.training.phrases import BECAME

PERHAPS_AGAIN: Final = "It may be here twice: Telegram did not confirm the first one."
MAX_NAME: Final = 60
"""Ten names and their days fit into a caption of 1024 characters."""


def chart_caption(chart: PeriodChart) -> str:
    """Return whose days a picture shows, and in one line what became of their sessions."""
    days = _days(chart)
    head = f"<b>{_name(chart)}</b> · {days}" if days else f"<b>{_name(chart)}</b>"
    return lines(head, esc(chart.verdict), _counted(chart))


def _counted(chart: PeriodChart) -> str:
    counts = Counter(became for one in chart.days for became in (one.became, *one.also))
    parts = [f"{counts[kind]} {words}" for kind, words in BECAME.items() if counts[kind]]
    if extra := sum(one.extra for one in chart.days):
        parts.append(f"{extra} beside the plan")
    return f"Sessions: {', '.join(parts)}." if parts else "No sessions in these days."


def album_caption(drawn: Sequence[PeriodChart], missing: Sequence[PeriodChart]) -> str:
    """Return whose pictures an album has, in order, and whose it lacks."""
    spans = {_days(chart) for chart in drawn}
    if len(spans) == 1:
        text = f"{spans.pop()}, in order: {_names(drawn)}."
    else:
        text = f"In order: {', '.join(f'{_name(one)} ({_days(one)})' for one in drawn)}."
    return f"{text}\n{not_drawn(missing)}" if missing else text


def not_drawn(missing: Sequence[PeriodChart]) -> str:
    """Return that pictures failed, and of whom; the numbers came in words."""
    what = "picture" if len(missing) == 1 else "pictures"
    return f"The {what} of {_names(missing)} could not be drawn."


def page_caption(page: ReportPage) -> str:
    """Return what a printed page is about."""
    return f"{_whose(page)}\n{esc(page.chart.verdict)}\nTo print: every day, with what it had."


def not_printed(page: ReportPage) -> str:
    """Return that a page failed, and what to do."""
    return f"The page could not be printed: {_whose(page)}.\nPlease ask for it again: /report"


_FILES: Final = {
    Enclosed.TABLE: "A table: one row for each hold.",
    Enclosed.EXPORT: "All data, to be read by a program.",
}


def file_caption(what: Enclosed, whose: str) -> str:
    """Return what a file is, and about whom."""
    if what is Enclosed.OWN_EXPORT:
        return "Everything that is stored about you."
    return f"{esc(whose)}\n{_FILES[what]}"


_FORMS: Final = {
    FileForm.PDF: "All of them, to print.",
    FileForm.XLSX: "A spreadsheet: a row an athlete, and a sheet with their days.",
    FileForm.CSV: "A table: a row an athlete.",
}


def week_caption(form: FileForm, title: str) -> str:
    """Return what a file about all athletes is; `title` says how many and which days."""
    return f"{esc(title)}\n{_FORMS[form]}"


def week_not_printed(title: str) -> str:
    """Return that the page about all athletes failed, and what to do."""
    return f"The page could not be printed: {esc(title)}.\nPlease tap again under the summary."


def _whose(page: ReportPage) -> str:
    return esc(called(page.title, page.chart.athlete_id))


def _name(chart: PeriodChart) -> str:
    name = called(chart.name, chart.athlete_id)
    return esc(name if len(name) <= MAX_NAME else f"{name[: MAX_NAME - 1].rstrip()}…")


def _names(charts: Sequence[PeriodChart]) -> str:
    return ", ".join(_name(chart) for chart in charts)


def _days(chart: PeriodChart) -> str:
    return say_span(chart.days[0].day, chart.days[-1].day) if chart.days else ""
