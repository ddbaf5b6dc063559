"""Words and buttons of the morning after, of what follows from it, and of a step up."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from bot.conversation.message import Intent
from bot.conversation.phrases import lines, many, paragraphs, say_dose
from bot.conversation.screen import Button, Screen, Style, data, esc
from bot.conversation.who_words import command_data
from bot.conversation.widgets import Values, Words
from bot.protocol.calendar.local_time import local, say_date
from bot.protocol.progression.morning import Verdict
from bot.protocol.session.state import Outcome
from bot.training.messages import Morning
from bot.training.pain_keyboard import morning_rows, morning_text


def morning_screen(intent: Morning, now: datetime) -> Screen:
    """Ask for the pain at the first sit-down; one tap answers."""
    day = _day(intent.day, intent.zone, now)
    text = paragraphs("<b>The morning after</b>", morning_text(day, intent.limit))
    return Screen(text=text, rows=morning_rows(intent.morning, intent.limit))


def _day(day: date, zone: str, now: datetime) -> str:
    return say_date(day, local(now, zone).date())


def _saved(values: Values, now: datetime) -> Screen:
    day = _day(date.fromisoformat(values["day"]), values["zone"], now)
    morning = "this morning" if day == "today" else f"{day} morning"
    text = lines(
        f"Pain {values['value']} {morning} – saved.",
        "Your sessions stay paused." if values["paused"] else "",
    )
    return Screen(text=text, rows=((Button("Change it", data("ma", values["morning"])),),))


# ---- what follows ---------------------------------------------------------------------

_BY_MORNING: Final = {
    Verdict.FLARE: "Your pain was up the morning after your session.",
    Verdict.SEVERE: "Your morning pain is high, or up for the second time in a row.",
}
_BY_SESSION: Final = {
    Outcome.RISING: "Your pain rose in your last session and had not settled by the morning.",
    Outcome.STOPPED_PAIN: "Your last session ended on pain over your limit.",
}


def _what_follows(values: Values, now: datetime) -> Screen:
    why = _BY_MORNING.get(values["verdict"]) or _BY_SESSION.get(values["outcome"], "")
    return Screen(
        text=lines(
            why,
            _less(values),
            _lowest(values),
            _rest(values, now),
            _paused(values),
        )
    )


def _less(values: Values) -> str:
    if values["dose"] is None:
        return ""
    dose = say_dose(**values["dose"], side=values["side"])
    return f"So the next session asks for less: <b>{dose}</b>."


def _lowest(values: Values) -> str:
    """Return what happens where the plan has no step below: it stays, and somebody looks at it."""
    if values.get("lowest") is None:
        return ""
    dose = say_dose(**values["lowest"], side=values["side"])
    then = "If it stays so, let a physiotherapist or a doctor look at it."
    if values["has_coach"]:
        then = "This goes to your coach, who can change it."
    return f"Your plan is at its lowest step, so it stays: {dose}. You may do less. {then}"


def _rest(values: Values, now: datetime) -> str:
    if values["rests_on"] is None:
        return ""
    day = _day(date.fromisoformat(values["rests_on"]), values["zone"], now)
    when = "Rest first" if values["dose"] is None else "Before that, rest"
    return f"{when}: no session {day}. Resting follows your plan."


def _paused(values: Values) -> str:
    if not values["paused"]:
        return ""
    who = "your coach" if values["has_coach"] else "the admin"
    return f"<b>Your sessions are paused</b> until {who} resumes them."


# ---- a step up ------------------------------------------------------------------------


def _times(holds: int, hold_s: int, sets: int) -> str:
    """Return "8 × 10 s" or "2 sets of 8 × 15 s"."""
    return f"{many(sets, 'set')} of {holds} × {hold_s} s" if sets > 1 else f"{holds} × {hold_s} s"


def _step_up_asked(values: Values, _now: datetime) -> Screen:
    more = _times(**values["more"])
    text = paragraphs(
        f"<b>{esc(values['name'])}: one step up?</b>",
        lines(
            "Three sessions with lessening pain on this plan, each with a settled morning after.",
            f"Now {_times(**values['dose'])} · next step {more}",
        ),
        "Nothing changes unless you tap.",
    )
    key = ("up", values["athlete_id"], values["plan"])
    rows = (
        (Button(f"Step up to {more}", data(*key, "yes"), Style.PRIMARY),),
        (Button("Not now", data(*key, "no")),),
    )
    return Screen(text=text, rows=rows)


def _step_up_taken(values: Values, _now: datetime) -> Screen:
    name = esc(values["name"])
    text = lines(
        f"{name}: {_times(**values['dose'])} → <b>{_times(**values['more'])}</b>, "
        "from the next session.",
        f"A message to {name} is on its way.",
    )
    plan = Button("Plan", command_data("plan", values["athlete_id"]))
    return Screen(text=text, rows=((plan,),))


def _step_up_declined(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"{esc(values['name'])} stays at {_times(**values['dose'])}. "
            "A step up is proposed again in a week at the earliest."
        )
    )


def _plan_raised(values: Values, _now: datetime) -> Screen:
    dose = say_dose(**values["more"], side=values["side"])
    return Screen(
        text=f"{esc(values['by'])} changed your plan: <b>{dose}</b>, from your next session."
    )


MORNING_SCREENS: Final[dict[type[Intent], Callable[[Any, datetime], Screen]]] = {
    Morning: morning_screen
}
SAY_MORNING: Final[dict[str, Words]] = {
    "morning_saved": _saved,
    "what_follows": _what_follows,
    "step_up_asked": _step_up_asked,
    "step_up_taken": _step_up_taken,
    "step_up_declined": _step_up_declined,
    "plan_raised": _plan_raised,
}
"""Topic → words."""
