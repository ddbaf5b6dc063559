"""Words and buttons of /athletes and of an athlete's card."""

from datetime import date, datetime
from typing import Final

from bot.coaching.messages import OpenFlag
from bot.coaching.notes.messages import Line
from bot.coaching.notes.words import note_lines
from bot.conversation.coach_phrases import REASONS, in_both_zones, say_reported, say_session
from bot.conversation.labels import in_one_line
from bot.conversation.message import read
from bot.conversation.phrases import lines, many, paragraphs, say_dose, sentence
from bot.conversation.screen import Button, Screen, Style, data, esc
from bot.conversation.who_words import command_data
from bot.conversation.widgets import Row, Values, Words, in_rows, moment, say_days, say_times
from bot.protocol.calendar.local_time import say_date
from bot.protocol.dose.exercises import CATALOGUE
from bot.protocol.progression import ladder

_NOTE: Final = 300
"""Characters of a note on a card."""


_NOBODY_YET: Final = (
    "No athlete has agreed to share with you yet. An admin assigns athletes to you."
)
_NOBODY_HERE: Final = "There is no athlete yet. Write /invite athlete Runa for a link to join with."

# ---- everybody ------------------------------------------------------------------------


def _athletes(values: Values, _now: datetime) -> Screen:
    if not values["athletes"]:
        return Screen(text=_NOBODY_HERE if values["everybody"] else _NOBODY_YET)
    title = f"<b>{many(values['count'], 'athlete')}</b>, most urgent first"
    if values["pages"] > 1:
        title += f" ({values['page'] + 1} of {values['pages']})"
    shown = values["athletes"]
    buttons = [
        Button(in_one_line(one["name"], of=2), command_data("athlete", one["athlete_id"]))
        for one in shown
    ]
    return Screen(
        text=paragraphs(title, *(_one(one) for one in shown)),
        rows=(*in_rows(buttons, 2), *_turning("athletes", values)),
    )


def _turning(command: str, values: Values) -> tuple[Row, ...]:
    """Return the buttons to the pages before and after, if there are any."""
    page = values["page"]
    found = tuple(
        Button(label, data("c", command, "", f"p{to}"))
        for label, to in (("‹ Back", page - 1), ("More ›", page + 1))
        if 0 <= to < values["pages"]
    )
    return (found,) if found else ()


def _one(one: Values) -> str:
    today = date.fromisoformat(one["today"])
    mark = _mark(one)
    last = "no session yet" if one["last"] is None else say_session(one["last"], today)
    week = f"week {one['done']} of {one['planned']}" if one["planned"] else "week: none planned yet"
    facts = [sentence(last), week, _morning(one, today)]
    head = f"<b>{esc(one['name'][:60])}</b>{f' ▲ {mark}' if mark else ''}{_away(one)}"
    return lines(head, " · ".join(fact for fact in facts if fact))


def _mark(one: Values) -> str:
    """Return what needs the coach, or nothing."""
    return {
        "locked": "RED FLAG" if one["flags"] else "LOCKED",
        "stopped": "stopped by pain",
        "rising": "pain rising",
        "missed": f"{one['missed']} missed",
        "unreachable": "can not be reached",
        "step_up": "step up earned",
    }.get(one["need"], "")


def _away(one: Values) -> str:
    if one["leaving"]:
        return " (leaving)"
    return " (paused)" if one["paused"] else ""


def _morning(one: Values, today: date) -> str:
    found = one["morning"]
    if found is None:
        return ""
    day = "" if found["day"] == today.isoformat() else " yesterday"
    return f"morning{day} {found['value']}"


# ---- the card -------------------------------------------------------------------------


def _card(values: Values, now: datetime) -> Screen:
    today = date.fromisoformat(values["today"])
    text = paragraphs(
        f"<b>{esc(values['name'])}</b>",
        lines(*_bars(values, now)),
        lines(_plan(values["plan"]), *_steps(values), _schedule(values), _next(values, now)),
        lines("<b>Last sessions</b>", *_sessions(values, today)),
        lines(_week(values), *_reasons(values, today), _mornings(values, today)),
        _notes(values, now),
    )
    return Screen(text=text, rows=_buttons(values))


def _bars(values: Values, now: datetime) -> list[str]:
    """Return what bars sessions or messages, a line each."""
    zones = values["zone"], values["coach_zone"]
    found = [
        f"▲ Red flag, {say_reported(flag.kind, flag.at, values['zone'], now)}."
        for flag in read(tuple[OpenFlag, ...], values["flags"])
    ]
    if values["lock"]:
        found.append("▲ Sessions are locked until you unlock them.")
    if values["paused"]:
        until = values["paused_until"]
        back = "until resumed" if until is None else f"first day back {_day(until, values)}"
        reason = f": {esc(values['pause_reason'][:200])}" if values["pause_reason"] else ""
        found.append(f"Paused, {back}{reason}.")
    if values["unreachable_since"]:
        since = datetime.fromisoformat(values["unreachable_since"])
        found.append(f"Messages have not arrived since {in_both_zones(since, *zones, now)}.")
    if values["leaving"]:
        at = datetime.fromisoformat(values["leaving"])
        found.append(f"Leaves; the data is erased {in_both_zones(at, *zones, now)}.")
    return found


def _day(day: str, values: Values) -> str:
    return say_date(date.fromisoformat(day), date.fromisoformat(values["today"]))


def _plan(plan: Values) -> str:
    dose = say_dose(plan["holds"], plan["hold_s"], plan["sets"], plan["side"])
    exercise = CATALOGUE[plan["exercise"]].name
    return f"Plan: {dose}, {esc(exercise)}; pain limit {plan['limit']}"


def _steps(values: Values) -> list[str]:
    """Return what is earned towards a step up, and when the bot took one down."""
    if values["step_up"] is not None:
        found = [f"▲ A step up is earned, to {values['step_up']}. It is yours to confirm."]
    elif values["credits"]:
        found = [f"Towards a step up: {values['credits']} of {ladder.CREDITS} settled sessions"]
    else:
        found = []
    if values["stepped_down"] is not None:
        found.append(f"Stepped down by the bot: {_day(values['stepped_down'], values)}")
    return found


def _schedule(values: Values) -> str:
    if not values["days"]:
        return "Schedule: off"
    days, times = say_days(values["days"]), say_times(values["times"])
    return f"Schedule: {days} at {times} ({esc(values['zone'])})"


def _next(values: Values, now: datetime) -> str:
    at = moment(values["next_at"])
    if at is None:
        return "Next session: none planned"
    return f"Next session: {in_both_zones(at, values['zone'], values['coach_zone'], now)}"


def _sessions(values: Values, today: date) -> list[str]:
    if not values["sessions"]:
        return ["None in the last 28 days."]
    return [
        f"{sentence(say_session(one, today))} · {one['tension_s']} of {one['planned_s']} s"
        for one in values["sessions"]
    ]


def _week(values: Values) -> str:
    if not values["planned"]:
        return "This week: nothing was planned so far."
    missed = f"; {values['missed']} missed in a row" if values["missed"] > 1 else ""
    return f"This week: {values['done']} of {values['planned']} followed so far{missed}."


def _reasons(values: Values, today: date) -> list[str]:
    return [
        f"{sentence(say_date(date.fromisoformat(day), today))}: {became}, "
        f"{esc(REASONS.get(reason, reason))}"
        for day, became, reason in values["reasons"]
    ]


def _mornings(values: Values, today: date) -> str:
    found = [
        f"{say_date(date.fromisoformat(day), today)} {value}" for day, value in values["mornings"]
    ]
    return f"Morning pain: {', '.join(found)}" if found else ""


def _notes(values: Values, now: datetime) -> str:
    notes = read(tuple[Line, ...], values["notes"])
    found = note_lines(notes, values["coach_zone"], now, _NOTE)
    return lines("<b>Notes</b>", *found) if found else ""


def _buttons(values: Values) -> tuple[Row, ...]:
    barred = values["lock"] or values["flags"]
    pause = ("Resume", "resume") if values["paused"] else ("Pause", "pause")
    labels = [("Plan", "plan"), ("Schedule", "schedule"), pause]
    labels += [("Note", "note"), ("Message", "say"), ("Report", "report")]
    labels += [("Unlock", "unlock")] if barred else []
    athlete = values["athlete_id"]
    rows = in_rows([Button(label, command_data(name, athlete)) for label, name in labels], 3)
    if values["step_up"] is None:
        return rows
    step = data("up", athlete, values["plan_id"], "yes")
    return (*rows, (Button(f"Step up to {values['step_up']}", step, Style.SUCCESS),))


SAY_ATHLETES: Final[dict[str, Words]] = {"athletes": _athletes, "athlete_card": _card}
"""Topic → words."""
