"""Words about when a summary comes, and about reports and files."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import Button, Screen, data, esc
from bot.conversation.widgets import Row, Values, Words, in_rows, plain, say_moment

_PRESETS: Final = ("Mon 07:00", "Mon 08:00", "Sun 18:00", "Fri 16:00")
_OFF: Final = "off"


def _home(values: Values, now: datetime) -> Screen:
    own = values["own"]
    whose = "Your" if own else f"{esc(values['name'])}’s"
    text = [f"<b>{whose} weekly summary</b>", _state(values, now)]
    if not values["athletes"]:
        text.append("No athlete shares data yet, so there is nothing to send.")
    text.append(f"For another time write, for example: /summary {_example(values)}")
    shows = (
        (Button("Last summary again", _data(values, "now")),),
        (Button("Last 7 days", _data(values, "today")),),
    )
    return Screen(
        text="\n".join(text), rows=(*shows, *_presets(values)) if own else _presets(values)
    )


def _example(values: Values) -> str:
    return "tue 18:30" if values["own"] else f"{esc(values['name'])} tue 18:30"


def _presets(values: Values) -> tuple[Row, ...]:
    """Return the usual times that it is not at yet, and off or on."""
    other = [one for one in _PRESETS if one != values["when"]]
    switch = Button("On", _data(values, "on"))
    if values["when"] != _OFF:
        switch = Button("Off", _data(values, _OFF))
    times = [Button(one, _data(values, one)) for one in other]
    return (*in_rows(times, 2), (switch,))


def _data(values: Values, words: str) -> str:
    return data("c", "summary", "" if values["own"] else values["coach_id"], words)


def _state(values: Values, now: datetime) -> str:
    if values["when"] == _OFF:
        return "It is off: none comes by itself."
    return (
        f"It comes every week, {values['when']} ({esc(values['zone'])} time), and tells the "
        f"seven days before.\n{_next(values, now)}"
    )


def _next(values: Values, now: datetime) -> str:
    """Return when the next one comes, on both clocks where two people have two."""
    text = f"Next: {say_moment(values['next_at'], values['zone'], now)}"
    if values["my_zone"] == values["zone"]:
        return f"{text}."
    return f"{text}, {say_moment(values['next_at'], values['my_zone'], now)} on your clock."


def _set(values: Values, now: datetime) -> Screen:
    whose = "Your" if values["own"] else f"{esc(values['name'])}’s"
    if values["before"] == values["after"]:
        text = [f"Nothing changed. {_state(values, now)}"]
        return Screen(text="\n".join(text))
    by = "" if values["by"] is None else f" {esc(values['by'])} changed it."
    text = [f"{whose} weekly summary: {values['before']} → <b>{values['after']}</b>.{by}"]
    if values["after"] != _OFF:
        text.append(_next(values, now))
    undo = Button("Undo", _data(values, values["before"]))
    return Screen(text="\n".join(text), rows=((undo,),))


def _problem(values: Values, _now: datetime) -> Screen:
    return Screen(text=esc(values["problem"]))


SAY_REPORTING: Final[dict[str, Words]] = {
    "summary_home": _home,
    "summary_set": _set,
    "summary_problem": _problem,
    "summary_nobody": plain("No athlete shares data with you yet, so there is nothing to tell."),
}
"""Topic → words."""
