"""Words and buttons of /plan, and of what is asked once more."""

from datetime import datetime
from typing import Final

from bot.conversation import widgets
from bot.conversation.phrases import (
    ANCHORS,
    FLAGS,
    TIRED,
    UNCHANGED,
    say_band,
    say_dose,
    say_field,
    say_told,
    say_value,
)
from bot.conversation.screen import (
    VERSION,
    Button,
    Row,
    Screen,
    Style,
    Words,
    command_data,
    esc,
    fits,
    lines,
    paragraphs,
)
from bot.programme.plan.messages import (
    PICTURED,
    DoseChanges,
    DoseShown,
    PastVersion,
    PlanChangedForYou,
    PlanDoubted,
    PlanShown,
)
from bot.protocol.calendar.local_time import say_day_time
from bot.protocol.dose.dose import RANGES
from bot.training.session.phrases import HOW

WORDS: Final = Words()
_HOLD_STEP: Final = 5


def button(athlete_id: int, label: str, words: str = "", command: str = "plan") -> Button:
    """Return a button that types `words` for the athlete."""
    found = [words] if words else []
    return Button(label, command_data(command, athlete_id, *found))


def _say_changes(changes: DoseChanges) -> list[str]:
    return [
        f"{say_field(field)} {esc(say_value(field, before))} → "
        f"<b>{esc(say_value(field, after))}</b>"
        for field, (before, after) in changes.items()
    ]


def head(said: DoseShown) -> str:
    """Return what was just changed, or why nothing was; nothing where it is only shown."""
    if not said.changes:
        return UNCHANGED[said.why]
    running = "The session that is running keeps its plan." if said.running else ""
    return lines(
        f"<b>Changed for {esc(said.name)}</b>, from the next session on.",
        *(f"• {change}" for change in _say_changes(said.changes)),
        running,
        say_told(said.name, said.told),
    )


# ---- /plan ----------------------------------------------------------------------------


@WORDS.of(PlanShown)
def _plan(said: PlanShown, now: datetime) -> Screen:
    text = paragraphs(
        head(said),
        lines(f"<b>Plan of {esc(said.name)}</b>", *_say(said)),
        "" if said.changes else _history(said, now),
        f"Tap, or write for example\n/plan {esc(said.name)} hold={said.dose.hold_s} holds=8",
    )
    return Screen(text=text, rows=_plan_rows(said))


def _say(said: PlanShown) -> list[str]:
    dose = said.dose
    sets = f", {dose.set_rest_s} s between sets" if dose.sets > 1 else ""
    return [
        f"<b>{say_dose(dose.holds, dose.hold_s, dose.sets, dose.side)}</b>",
        f"Exercise: {esc(said.exercise)}",
        f"Rest {dose.rest_s} s{sets}; effort {dose.effort} of 10",
        say_band(dose.band, dose.band_label),
        f"The tubing is fixed {ANCHORS[dose.band_anchor]}" if said.at_hip else "",
        f"Time to get set: {dose.lead_in_first_s} s for the first hold, {dose.lead_in_s} s later",
        f"Pain limit {dose.pain_limit}; sessions lock from pain {dose.hard_stop}",
        TIRED if dose.to_fatigue else "",
        f"Stage {say_value('stage', dose.stage)}" if dose.stage > 1 else "",
        f"Time held: {said.planned_s} s. Whole session: about {_span(said.length_s)}.",
    ]


def _span(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"  # noqa: PLR2004


def _history(said: PlanShown, now: datetime) -> str:
    """Return the last versions, newest first; a single one has no history."""
    found = [_past(one, said.reader_zone, now) for one in said.history]
    return lines("Last changes:", *found) if any(found) else ""


def _past(one: PastVersion, zone: str, now: datetime) -> str:
    if one.changes is None:
        return ""
    by = f", {esc(one.by)}" if one.by else ""
    changes = ", ".join(_say_changes(one.changes)) or "as before"
    plain = changes.replace("<b>", "").replace("</b>", "")
    return f"{say_day_time(one.at, zone, now)}{by}: {plain}"


def _plan_rows(said: PlanShown) -> tuple[Row, ...]:
    dose, who = said.dose, said.athlete_id
    steps = (
        _steps(who, "hold", dose.hold_s, _HOLD_STEP, " s"),
        _steps(who, "holds", dose.holds, 1, ""),
    )
    sides = tuple(
        button(who, label, f"side={side}")
        for side, label in widgets.SIDES.items()
        if side != dose.side
    )
    last = [button(who, "Limits", command="limits")]
    if said.version > 1:
        last.insert(0, button(who, "Undo last change", f"undo {said.version}"))
    presets = (
        (button(who, "Warm-up 5 × 10 s", "warm-up"),),
        (button(who, "Fatigue 10 × 15 s", "fatigue"),),
    )
    return (*presets, *steps, sides, tuple(last))


def _steps(athlete_id: int, field: str, value: int, step: int, unit: str) -> Row:
    """Return one button less and one more, as far as the range allows."""
    allowed = RANGES["hold_s" if field == "hold" else field]
    return tuple(
        button(athlete_id, f"{field.capitalize()} {to}{unit}", f"{field}={to}")
        for to in (value - step, value + step)
        if allowed.low <= to <= allowed.high
    )


# ---- asked once more ------------------------------------------------------------------


@WORDS.of(PlanDoubted)
def _doubted(said: PlanDoubted, _now: datetime) -> Screen:
    yes = f"{said.words} anyway"
    data = f"{VERSION}:c:{said.command}:{said.athlete_id}:{yes}"
    hint = "To do it, write the line again with the word “anyway” at its end."
    text = paragraphs(
        f"<b>Please check this for {esc(said.name)}.</b> Nothing is changed yet.",
        _raised(said),
        _flagged(said),
        "" if fits(data) else hint,
    )
    keep = button(said.athlete_id, "No, keep it as it is", command=said.command)
    go = Button(_yes(said), data, Style.PRIMARY)
    return Screen(text=text, rows=((go,), (keep,)) if fits(data) else ((keep,),))


def _raised(said: PlanDoubted) -> str:
    if said.limit is None:
        return ""
    before, after = said.limit
    return (
        f"The pain limit would go up from {before} to {after}: pain {after} goes on, only "
        f"{after + 1} stops. {esc(said.name)} would train with more pain than now."
    )


def _flagged(said: PlanDoubted) -> str:
    if said.flagged is None:
        return ""
    why = "; ".join(FLAGS[flag] for flag in said.flagged.flags)
    return f"The method advises against this hold, {esc(said.flagged.name)}: {why}."


def _yes(said: PlanDoubted) -> str:
    parts = []
    if said.limit is not None:
        parts.append(f"pain up to {said.limit[1]}")
    if said.flagged is not None:
        parts.append("this hold" if parts else "use this hold")
    return f"Yes, {' and '.join(parts)}"


@WORDS.of(PlanChangedForYou)
def _changed_for_you(said: PlanChangedForYou, _now: datetime) -> Screen:
    """Tell the athlete, in one sentence."""
    changes = ", ".join(_say_changes(said.changes))
    means = ""
    if "pain_limit" in said.changes:
        limit = int(said.changes["pain_limit"][1])
        means = f" Pain {limit} goes on, {limit + 1} stops."
    if int(said.changes.get("stage", (1, 1))[1]) > 1:
        means += (
            " Note strength work in your diary, for example: gym 30 5. The holds stay for flares "
            "and to warm up."
        )
    text = f"{esc(said.by)} changed your plan, from your next session on: {changes}.{means}"
    return Screen(text=text, rows=((HOW,),) if said.changes.keys() & PICTURED else ())
