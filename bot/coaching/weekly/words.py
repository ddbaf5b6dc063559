"""How a weekly summary looks: counts, a line and a button for each decision, the rest folded."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.coaching.load.phrases import check_lines, load_in_short, say_long_run
from bot.coaching.messages import PAGE, FileForm, ListedAthlete, Summary, SummaryTurned
from bot.coaching.weekly.athlete_lines import WEEK, brief, decision, say_days
from bot.conversation.message import Message
from bot.conversation.paging import Page, of_pages, turning
from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Style,
    command_data,
    data,
    esc,
    in_one_line,
    lines,
    many,
    paragraphs,
)
from bot.protocol.calendar.local_time import say_day_time
from bot.protocol.names import in_full
from bot.protocol.report.athlete_week import URGENCY, AthleteWeek, Decision

_NAME: Final = 40
_MAX_TEXT: Final = 4_000
"""Telegram takes 4096 characters; tags count here as well, so this is on the safe side."""
_DONE: Final = "✓"

_Told = tuple[int, ListedAthlete, AthleteWeek]
"""Somebody on the page: the number in the list, the place in it, and the days."""


def summary(letter: Summary, now: datetime) -> Screen:
    """Return a page of a summary. One that comes by itself rings."""
    rings = letter.summary is not None and letter.message_id is None
    told = _on_page(letter)
    return Screen(
        text=_fitting(letter, told, now), rows=_rows(letter, told), rings=rings, by_day=True
    )


def _on_page(letter: Summary) -> list[_Told]:
    places = {one.athlete_id: (at, one) for at, one in enumerate(letter.order, start=1)}
    return [(*places[one.athlete_id], one) for one in letter.athletes if one.athlete_id in places]


def _fitting(letter: Summary, told: list[_Told], now: datetime) -> str:
    """Return the page's text; where it is too long, the last have no more than a line (F60)."""
    head = _head(letter, now)
    urgent = lines(*(_needed(one) for one in told if _needs(one)))
    for kept in range(len(told), -1, -1):
        text = paragraphs(head, urgent, _folded([_days(one, letter) for one in told[:kept]]))
        if len(text) <= _MAX_TEXT:
            break
    return text


def _needs(told: _Told) -> bool:
    return told[1].decision is not Decision.NOTHING


def _name(one: AthleteWeek) -> str:
    return f"<b>{esc(in_full(one.name[:_NAME], one.apart))}</b>"


def _needed(told: _Told) -> str:
    """Return the line of a decision: taken, or open with its number."""
    number, place, one = told
    mark = _DONE if place.done else f"{number}."
    return f"{mark} {_name(one)} – {esc(decision(one, place.decision, done=place.done))}"


def _folded(days: list[str]) -> str:
    return f"<blockquote expandable>{lines(*days)}</blockquote>" if days else ""


def _days(told: _Told, letter: Summary) -> str:
    _number, _place, one = told
    runs = () if one.load is None else one.load.long_runs
    said = (
        esc(brief(one)),
        load_in_short(one.load),
        *(say_long_run(run, one.last_day) for run in runs),
        *check_lines(one.load),
    )
    return f"{_name(one)}{_clock(one, letter)}: {' · '.join(filter(None, said))}"


def _clock(one: AthleteWeek, letter: Summary) -> str:
    """Name the athlete's zone where it differs from the coach's, and the days where they do."""
    days = (one.first_day, one.last_day)
    alike = days == (letter.first_day, letter.last_day) or not one.days
    said = [
        "" if one.zone == letter.zone else f"{esc(one.zone)} time",
        "" if alike else say_days(*days),
    ]
    return f" ({', '.join(filter(None, said))})" if any(said) else ""


# ---- the head -----------------------------------------------------------------------------


def title(letter: Summary) -> str:
    """Return which days are told of: "Week 47: Mon 16 – Sun 22 Nov 2026"."""
    name = "Last seven days" if letter.week is None else f"Week {letter.week[-2:]}"
    name = "This week so far" if letter.so_far else name
    return f"{name}: {say_days(letter.first_day, letter.last_day)}"


def _head(letter: Summary, now: datetime) -> str:
    page = _page(letter)
    return lines(
        f"<b>{title(letter)}</b>{of_pages(page.number, page.count)}",
        "" if not letter.repeat else "A repeat: you have had this summary before.",
        _late(letter, now),
        _covers(letter),
        _overview(letter),
        _counts(letter) if page.count > 1 else "",
    )


def _page(letter: Summary) -> Page:
    return Page.of(len(letter.order), PAGE, letter.page)


def _covers(letter: Summary) -> str:
    """Return how many days are told of, where it is not the usual week."""
    if letter.so_far or letter.days == WEEK:
        return ""
    why = "those before were told already" if letter.days < WEEK else "so that none is left out"
    return f"It covers {many(letter.days, 'day')}: {why}."


def _late(letter: Summary, now: datetime) -> str:
    if letter.due_at is None:
        return ""
    due = say_day_time(letter.due_at, letter.zone, now)
    return f"This comes late: it was due {due} ({esc(letter.zone)} time)."


def _overview(letter: Summary) -> str:
    who = many(len(letter.order), "athlete")
    urgent = [one for one in letter.order if one.decision is not Decision.NOTHING]
    left = sum(not one.done for one in urgent)
    if not urgent:
        return f"{who}. Nothing needs you."
    if not left:
        return f"{who}. All is decided."
    return f"{who}, {left} {'needs' if left == 1 else 'need'} a decision."


_COUNTED: Final = {
    Decision.RED_FLAG: "with a red flag",
    Decision.LOCKED: "locked",
    Decision.STOPPED: "stopped by pain",
    Decision.RISING: "with rising pain",
    Decision.MORNINGS: "with mornings up",
    Decision.SEE_CLINICIAN: "no better in 12 weeks",
    Decision.UNREACHABLE: "out of reach",
    Decision.MISSED: "with missed sessions",
    Decision.NO_CHANGE: "no better in 4 weeks",
    Decision.STEP_UP: "due a step up",
}


def _counts(letter: Summary) -> str:
    """Return what needs a decision on all pages."""
    found = Counter(one.decision for one in letter.order if not one.done)
    parts = [f"{found[kind]} {_COUNTED[kind]}" for kind in URGENCY if kind in _COUNTED]
    return " · ".join(part for part in parts if not part.startswith("0 "))


# ---- the buttons --------------------------------------------------------------------------

_FILES: Final = (
    (("Pictures", "pictures"), ("PDF of all", FileForm.PDF)),
    (("Excel of all", FileForm.XLSX), ("CSV of all", FileForm.CSV)),
)


def _rows(letter: Summary, told: list[_Told]) -> tuple[Row, ...]:
    """Return the way to decide and the card of each who needs it, pages, pictures and files."""
    decided = [_decide(*one) for one in told if _needs(one) and not one[1].done]
    page = _page(letter)
    beside = turning(page.number, range(1, page.count + 1), "su")
    files = [tuple(Button(label, data("su", what)) for label, what in row) for row in _FILES]
    return (*decided, *beside, *files)


def _decide(number: int, place: ListedAthlete, one: AthleteWeek) -> Row:
    verb, *values = _action(place.decision, one)
    style = Style.SUCCESS if values[0] == "up" else None
    act = in_one_line(f"{number} {verb} {one.name}", of=2)
    see = Button(in_one_line(f"See {one.name}", of=2), command_data("athlete", one.athlete_id))
    return Button(act, data("su", *values), style), see


def _action(what: Decision, one: AthleteWeek) -> tuple[str, *tuple[object, ...]]:
    """Return what a decision's button says, and its data."""
    who = one.athlete_id
    if what in _WORDS_NEEDED:
        verb, does = _WORDS_NEEDED[what]
        return verb, does, who
    if what is Decision.STEP_UP and one.plan_id is not None:
        return "Step up", "up", who, one.plan_id
    if one.step_down is not None and one.plan_id is not None:
        return "Ease", "ease", who, one.plan_id
    return "Plan of", "plan", who


_WORDS_NEEDED: Final = {
    Decision.RED_FLAG: ("Unlock", "unlock"),
    Decision.LOCKED: ("Unlock", "unlock"),
    Decision.SEE_CLINICIAN: ("Write to", "say"),
    Decision.UNREACHABLE: ("Seen:", "seen"),
    Decision.MISSED: ("Write to", "say"),
    Decision.NO_CHANGE: ("Plan of", "plan"),
}
"""Decisions that no dose is the answer to: what the button says and does."""


SUMMARY_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {
    Summary: summary,
    SummaryTurned: summary,
}
