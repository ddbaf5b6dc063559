"""Words and buttons of when a summary comes."""

from datetime import datetime
from typing import Final

from bot.coaching.weekly.messages import (
    DoseDecided,
    NothingToDraw,
    SummaryChanged,
    SummaryOfNobody,
    SummaryProblem,
    SummaryTimeSet,
    SummaryTimeShown,
)
from bot.conversation.screen import Button, Row, Screen, Words, data, esc, in_rows
from bot.conversation.widgets import say_moment

WORDS: Final = Words()
_PRESETS: Final = ("Mon 07:00", "Mon 08:00", "Sun 18:00", "Fri 16:00")
_OFF: Final = "off"


@WORDS.of(SummaryTimeShown)
def _time_shown(said: SummaryTimeShown, now: datetime) -> Screen:
    own = said.own
    whose = "Your" if own else f"{esc(said.name)}’s"
    text = [f"<b>{whose} weekly summary</b>", _state(said, now)]
    if not said.athletes:
        text.append("No athlete shares data yet, so there is nothing to send.")
    text.append(f"For another time write, for example: /summary {_example(said)}")
    shows = (
        (Button("This week so far", _data(said, "now")),),
        (Button("Last summary again", _data(said, "last")),),
        (Button("Last 7 days", _data(said, "today")),),
    )
    return Screen(text="\n".join(text), rows=(*shows, *_presets(said)) if own else _presets(said))


def _example(said: SummaryTimeShown) -> str:
    return "tue 18:30" if said.own else f"{esc(said.name)} tue 18:30"


def _presets(said: SummaryTimeShown) -> tuple[Row, ...]:
    """Return the usual times that it is not at yet, and off or on."""
    other = [one for one in _PRESETS if one != said.when]
    switch = Button("On", _data(said, "on"))
    if said.when != _OFF:
        switch = Button("Off", _data(said, _OFF))
    times = [Button(one, _data(said, one)) for one in other]
    return (*in_rows(times, 2), (switch,))


def _data(said: SummaryTimeShown, words: str) -> str:
    return data("c", "summary", "" if said.own else said.coach_id, words)


def _state(said: SummaryTimeShown, now: datetime) -> str:
    if said.next_at is None:
        return "It is off: no summary comes by itself."
    return (
        f"It comes every week, {said.when} ({esc(said.zone)} time), and covers the "
        f"days since the last one.\n{_next(said, said.next_at, now)}"
    )


def _next(said: SummaryTimeShown, at: datetime, now: datetime) -> str:
    """Return when the next one comes, on both clocks where two people have two."""
    text = f"Next: {say_moment(at, said.zone, now)}"
    if said.my_zone == said.zone:
        return f"{text}."
    return f"{text}, {say_moment(at, said.my_zone, now)} on your clock."


@WORDS.of(SummaryTimeSet)
def _time_set(said: SummaryTimeSet, now: datetime) -> Screen:
    whose = "Your" if said.own else f"{esc(said.name)}’s"
    if said.before == said.after:
        return Screen(text=f"That is already the setting. {_state(said, now)}")
    by = "" if said.by is None else f" {esc(said.by)} changed it."
    text = [f"{whose} weekly summary: {said.before} → <b>{said.after}</b>.{by}"]
    if said.next_at is not None:
        text.append(_next(said, said.next_at, now))
    undo = Button("Undo", _data(said, said.before))
    return Screen(text="\n".join(text), rows=((undo,),))


@WORDS.of(SummaryProblem)
def _problem(said: SummaryProblem, _now: datetime) -> Screen:
    return Screen(text=esc(said.problem))


WORDS.plain(SummaryOfNobody, "No athlete shares data with you yet, so there is nothing to show.")


# ---- on the screen itself -------------------------------------------------------------


@WORDS.toast(DoseDecided)
def _dose_decided(said: DoseDecided) -> str:
    return f"{said.name}: {said.dose}, from the next session."


WORDS.sentence(
    SummaryChanged, "That has changed meanwhile: nothing was done. This is how it is now."
)
WORDS.sentence(NothingToDraw, "No sessions and no mornings in these days: there is no picture.")
