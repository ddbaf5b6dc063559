"""Words and buttons of /athletes and of an athlete's card."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from bot.coaching.athletes.messages import (
    AthleteBrief,
    AthleteCard,
    AthleteList,
    Need,
    PlanBrief,
    SessionBrief,
    SessionShown,
)
from bot.coaching.load.phrases import NOT_SHARED, check_lines, load_lines
from bot.coaching.notes.words import note_lines
from bot.conversation.paging import of_pages, turning
from bot.conversation.phrases import (
    REASONS,
    in_both_zones,
    say_dose,
    say_exercise,
    say_reported,
)
from bot.conversation.screen import (
    Button,
    Row,
    Screen,
    Style,
    Words,
    command_data,
    data,
    esc,
    in_rows,
    lines,
    many,
    paragraphs,
    sentence,
)
from bot.conversation.widgets import name_rows, say_days, say_times
from bot.programme.stages.phrases import say_condition, say_stage
from bot.protocol.calendar.local_time import say_date
from bot.protocol.load.stages import Met
from bot.protocol.progression import ladder
from bot.protocol.report.period import Became
from bot.training.load.phrases import say_left_out
from bot.training.phrases import BECAME, OUTCOMES_TO_COACH, say_outcome, say_pains
from bot.training.reasons import FLARE
from bot.training.session.phrases import say_why

WORDS: Final = Words()
_NOTE: Final = 300
"""Characters of a note on a card."""
_NOBODY_YET: Final = (
    "No athlete has agreed to share with you yet. An admin assigns athletes to you."
)
_NOBODY_HERE: Final = "No athletes yet. /invite athlete NAME makes a link."

# ---- everybody ------------------------------------------------------------------------


@WORDS.of(AthleteList)
def _list(said: AthleteList, _now: datetime) -> Screen:
    if not said.athletes:
        return Screen(text=_NOBODY_HERE if said.everybody else _NOBODY_YET)
    page = max(said.page, 1)  # 0.1.0 counted pages from 0
    title = f"<b>{many(said.count, 'athlete')}</b>, most urgent first{of_pages(page, said.pages)}"
    shown = said.athletes
    buttons = name_rows([(one.name, command_data("athlete", one.athlete_id)) for one in shown])
    return Screen(
        text=paragraphs(title, *(_one(one) for one in shown)),
        rows=(*buttons, *turning(page, range(1, said.pages + 1), "c", "athletes", "")),
    )


def _one(one: AthleteBrief) -> str:
    mark = _mark(one)
    last = "no session yet" if one.last is None else _session(one.last, one.today)
    week = f"week {one.done} of {one.planned}" if one.planned else "week: none planned yet"
    facts = [sentence(last), week, _morning(one)]
    head = f"<b>{esc(one.name[:60])}</b>{f' ▲ {mark}' if mark else ''}{_away(one)}"
    return lines(head, " · ".join(fact for fact in facts if fact))


def _mark(one: AthleteBrief) -> str:
    """Return what needs the coach, or nothing."""
    return {
        Need.LOCKED: "RED FLAG" if one.flags else "LOCKED",
        Need.STOPPED: "stopped by pain",
        Need.RISING: "pain rising",
        Need.MISSED: f"{one.missed} missed",
        Need.UNREACHABLE: "cannot be reached",
        Need.STEP_UP: "step up earned",
    }.get(one.need, "")


def _away(one: AthleteBrief) -> str:
    if one.leaving:
        return " (leaving)"
    return " (paused)" if one.paused else ""


def _morning(one: AthleteBrief) -> str:
    if one.morning is None:
        return ""
    day = "" if one.morning.day == one.today else " (yesterday)"
    return f"morning {one.morning.value}{day}"


def _session(one: SessionBrief, today: date) -> str:
    """Return "today: stopped by pain, 2 → 5" for a session."""
    outcome = say_outcome(one.outcome, one.first, one.last, OUTCOMES_TO_COACH)
    return f"{say_date(one.day, today)}: {outcome}{_pain(one)}"


def _pain(one: SessionBrief) -> str:
    """Return ", pain 2 → 5" of a session, or what of it is known."""
    if one.stop_pain is not None and one.stop_hold is not None:
        first = None if one.stop_hold == 1 else one.first
        return f", pain {say_pains(first, one.stop_pain)} on hold {one.stop_hold}"
    if one.last is not None:
        return f", pain {say_pains(one.first, one.last)}"
    return "" if one.first is None else f", pain {one.first} before it"


# ---- one session ------------------------------------------------------------------------


@WORDS.of(SessionShown)
def _shown(said: SessionShown, now: datetime) -> Screen:
    when = in_both_zones(said.at, said.zone, said.coach_zone, now)
    text = lines(f"<b>{esc(said.name)}</b>, session of {when}", *_told(said))
    card = Button("See athlete", command_data("athlete", said.athlete_id))
    return Screen(text=text, rows=((card,),))


def _told(said: SessionShown) -> list[str]:
    if said.session is None:
        return ["It is still running."]
    before = "" if said.before is None else f"Pain before it: {said.before}"
    holds = f"{said.done} of {many(said.planned, 'hold')}" if said.planned else ""
    late = "An answer came after the session was over." if said.late else ""
    return [
        f"{sentence(_session(said.session, said.today))}{_seconds(said.session)}",
        " · ".join(part for part in (before, holds) if part),
        late,
    ]


# ---- the card -------------------------------------------------------------------------


@WORDS.of(AthleteCard)
def _card(said: AthleteCard, now: datetime) -> Screen:
    text = paragraphs(
        f"<b>{esc(said.name)}</b>",
        lines(*_bars(said, now)),
        lines(_plan(said.plan), *_steps(said), _schedule(said), _next(said, now)),
        lines("<b>Last sessions</b>", *_sessions(said)),
        lines(_week(said), *_reasons(said), _mornings(said)),
        lines(*_load(said), *_left_out(said), *check_lines(said.load)),
        _stage(said),
        _notes(said, now),
    )
    return Screen(text=text, rows=_buttons(said))


def _bars(said: AthleteCard, now: datetime) -> list[str]:
    """Return what bars sessions or messages, a line each."""
    zones = said.zone, said.coach_zone
    found = [
        f"▲ Red flag, {say_reported(flag.kind, flag.at, said.zone, now)}." for flag in said.flags
    ]
    if said.lock:
        found.append("▲ Sessions are locked until you unlock them.")
    if said.paused or said.pause_from is not None:
        until, begins = said.paused_until, said.pause_from
        back = "until resumed" if until is None else f"first day back {say_date(until, said.today)}"
        reason = f": {say_why(said.pause_reason[:200])}" if said.pause_reason else ""
        ahead = "Paused" if begins is None else f"A pause from {say_date(begins, said.today)}"
        found.append(f"{ahead}, {back}{reason}.")
    if said.unreachable_since is not None:
        since = in_both_zones(said.unreachable_since, *zones, now)
        found.append(f"Messages have not arrived since {since}.")
    if said.leaving is not None:
        found.append(
            f"Leaving; the data will be erased {in_both_zones(said.leaving, *zones, now)}."
        )
    return found


def _plan(plan: PlanBrief) -> str:
    dose = say_dose(plan.holds, plan.hold_s, plan.sets, plan.side)
    exercise = say_exercise(plan.exercise)
    return f"Plan: {dose}, {esc(exercise)}; pain limit {plan.limit}"


def _steps(said: AthleteCard) -> list[str]:
    """Return what is earned towards a step up, and when the bot took one down."""
    if said.step_up is not None:
        found = [f"▲ A step up is earned, to {said.step_up}. It is yours to confirm."]
    elif said.credits:
        found = [f"Towards a step up: {said.credits} of {ladder.CREDITS} settled sessions"]
    else:
        found = []
    if said.stepped_down is not None:
        found.append(f"Stepped down by the bot: {say_date(said.stepped_down, said.today)}")
    return found


def _schedule(said: AthleteCard) -> str:
    if not said.days:
        return "Schedule: off"
    days, times = say_days(said.days), say_times(said.times)
    return f"Schedule: {days} at {times} ({esc(said.zone)})"


def _next(said: AthleteCard, now: datetime) -> str:
    if said.next_at is None:
        return "Next session: none planned"
    return f"Next session: {in_both_zones(said.next_at, said.zone, said.coach_zone, now)}"


def _sessions(said: AthleteCard) -> list[str]:
    if not said.sessions:
        return ["None in the last 28 days."]
    return [f"{sentence(_session(one, said.today))}{_seconds(one)}" for one in said.sessions]


def _seconds(one: SessionBrief) -> str:
    held = f" · {one.tension_s} of {one.planned_s} s" if one.planned_s else ""
    return f"{held} · without the band" if one.bandless else held


def _week(said: AthleteCard) -> str:
    if not said.planned:
        return "This week so far: nothing planned yet."
    missed = f"; {many(said.missed, 'day')} missed in a row" if said.missed > 1 else ""
    return f"This week so far: {said.done} of {said.planned} as planned{missed}."


def _reasons(said: AthleteCard) -> list[str]:
    return [
        f"{sentence(say_date(day, said.today))}: {_without(became, reason)}"
        for day, became, reason in said.reasons
    ]


def _without(became: Became, reason: str) -> str:
    """Return what became of a day without a session, and why, where that is not said by it."""
    if became is Became.RESTED:
        return "rest day after a flare" if reason == FLARE else BECAME[became]
    return f"{BECAME[became]}, {esc(REASONS.get(reason, reason))}"


def _mornings(said: AthleteCard) -> str:
    found = [f"{value} ({say_date(day, said.today)})" for day, value in said.mornings]
    return f"Morning pain: {', '.join(found)}" if found else ""


def _stage(said: AthleteCard) -> str:
    """Return the stage; in the first one, what of its end is met, and what is not."""
    if not said.conditions:
        return say_stage(said.stage)
    listed = [f"• {sentence(say_condition(*one))}" for one in said.conditions]
    return lines(f"{say_stage(said.stage)}. Before the next:", *listed)


def _load(said: AthleteCard) -> Iterator[str]:
    """Yield what is noted; or that the diary is not seen, so that nothing looks like rest."""
    if said.diary:
        yield from load_lines(said.load, said.today)
    else:
        yield NOT_SHARED


def _left_out(said: AthleteCard) -> list[str]:
    return [f"Asked to leave out: {say_left_out(one, said.today)}." for one in said.left_out]


def _notes(said: AthleteCard, now: datetime) -> str:
    found = note_lines(said.notes, said.coach_zone, now, _NOTE)
    return lines("<b>Notes</b>", *found) if found else ""


def _buttons(said: AthleteCard) -> tuple[Row, ...]:
    barred = said.lock or said.flags
    pause = ("Resume", "resume") if said.paused else ("Pause", "pause")
    labels = [("Plan", "plan"), ("Schedule", "schedule"), pause]
    labels += [("Note", "note"), ("Message", "say"), ("Report", "report")]
    labels += [("Unlock", "unlock")] if barred else []
    athlete = said.athlete_id
    labels += [("Stage", "stage")]
    rows = in_rows([Button(label, command_data(name, athlete)) for label, name in labels], 3)
    if said.conditions and all(met is Met.YES for _, met in said.conditions):
        move = command_data("plan", athlete, f"stage={said.stage + 1}")
        rows = (*rows, (Button(f"Move to stage {said.stage + 1}", move, Style.SUCCESS),))
    if said.step_up is None:
        return rows
    step = data("up", athlete, said.plan_id, "yes")
    return (*rows, (Button(f"Step up to {said.step_up}", step, Style.SUCCESS),))
