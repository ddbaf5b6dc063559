"""Words and buttons of steps down and up: what follows from a morning, and what a coach decides."""

from datetime import datetime
from typing import Final

from bot.conversation.phrases import say_dose
from bot.conversation.screen import (
    Button,
    Screen,
    Style,
    Words,
    command_data,
    data,
    esc,
    lines,
    many,
    paragraphs,
)
from bot.protocol.calendar.local_time import local, say_date
from bot.protocol.dose.dose import Side
from bot.protocol.progression.ladder import Rung
from bot.protocol.progression.morning import Verdict
from bot.protocol.session.state import Outcome
from bot.training.progression.messages import (
    BackAfterDays,
    PlanRaised,
    StepUpAsked,
    StepUpDeclined,
    StepUpTaken,
    WhatFollows,
)

WORDS: Final = Words()

# ---- what follows ---------------------------------------------------------------------

_BY_MORNING: Final = {
    Verdict.FLARE: "Your pain was up the morning after your session.",
    Verdict.SEVERE: "Your morning pain is high, or up for the second time in a row.",
}
_BY_SESSION: Final = {
    Outcome.RISING: "Your pain rose in your last session and had not settled by the morning.",
    Outcome.STOPPED_PAIN: "Your last session ended on pain over your limit.",
}


@WORDS.of(WhatFollows)
def _what_follows(said: WhatFollows, now: datetime) -> Screen:
    why = _BY_MORNING.get(said.verdict) or _BY_SESSION.get(said.outcome, "")
    return Screen(
        text=lines(
            why,
            _less(said),
            _lowest(said),
            _rest(said, now),
            _paused(said),
        )
    )


def _less(said: WhatFollows) -> str:
    if said.dose is None:
        return ""
    return f"So the next session asks for less: <b>{_dose(said.dose, said.side)}</b>."


def _dose(rung: Rung, side: Side) -> str:
    return say_dose(rung.holds, rung.hold_s, rung.sets, side)


def _lowest(said: WhatFollows) -> str:
    """Return what happens where the plan has no step below: it stays, and somebody looks at it."""
    if said.lowest is None:
        return ""
    dose = _dose(said.lowest, said.side)
    then = "If it stays like this, let a physiotherapist or a doctor look at it."
    if said.has_coach:
        then = "This goes to your coach, who can change it."
    return f"Your plan is at its lowest step, so it stays: {dose}. You may do less. {then}"


def _rest(said: WhatFollows, now: datetime) -> str:
    if said.rests_on is None:
        return ""
    day = say_date(said.rests_on, local(now, said.zone).date())
    when = "Rest first" if said.dose is None else "Before that, rest"
    return f"{when}: no session {day}. Resting counts as following your plan."


def _paused(said: WhatFollows) -> str:
    if not said.paused:
        return ""
    who = "your coach" if said.has_coach else "the admin"
    return f"<b>Your sessions are paused</b> until {who} resumes them."


@WORDS.of(BackAfterDays)
def _back_after_days(said: BackAfterDays, now: datetime) -> Screen:
    day = say_date(said.last, local(now, said.zone).date())
    begins = "the next one is the first step again" if said.first else "the next one asks for less"
    dose = _dose(said.dose, said.side)
    return Screen(text=f"Your last session was {day}. After such a gap {begins}: <b>{dose}</b>.")


# ---- a step up ------------------------------------------------------------------------


def _times(rung: Rung) -> str:
    """Return "8 × 10 s" or "2 sets of 8 × 15 s"."""
    times = f"{rung.holds} × {rung.hold_s} s"
    return f"{many(rung.sets, 'set')} of {times}" if rung.sets > 1 else times


@WORDS.of(StepUpAsked)
def _step_up_asked(said: StepUpAsked, _now: datetime) -> Screen:
    more = _times(said.more)
    text = paragraphs(
        f"<b>{esc(said.name)}: one step up?</b>",
        lines(
            "Pain eased in three sessions on this plan, and each morning after was settled.",
            f"Now {_times(said.dose)} · next step {more}",
        ),
        "Nothing changes unless you tap.",
    )
    key = ("up", said.athlete_id, said.plan)
    rows = (
        (Button(f"Step up to {more}", data(*key, "yes"), Style.PRIMARY),),
        (Button("Not now", data(*key, "no")),),
    )
    return Screen(text=text, rows=rows)


@WORDS.of(StepUpTaken)
def _step_up_taken(said: StepUpTaken, _now: datetime) -> Screen:
    name = esc(said.name)
    text = lines(
        f"{name}: {_times(said.dose)} → <b>{_times(said.more)}</b>, from the next session.",
        f"A message to {name} is on its way.",
    )
    plan = Button("Plan", command_data("plan", said.athlete_id))
    return Screen(text=text, rows=((plan,),))


@WORDS.of(StepUpDeclined)
def _step_up_declined(said: StepUpDeclined, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"{esc(said.name)} stays at {_times(said.dose)}. "
            "The next step up is proposed in a week at the earliest."
        )
    )


@WORDS.of(PlanRaised)
def _plan_raised(said: PlanRaised, _now: datetime) -> Screen:
    dose = _dose(said.more, said.side)
    return Screen(text=f"{esc(said.by)} changed your plan: <b>{dose}</b>, from your next session.")
