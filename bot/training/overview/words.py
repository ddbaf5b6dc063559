"""Words for what comes next, what was, pain notes and red flags."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from bot.conversation.coach_phrases import LOW
from bot.conversation.phrases import KEPT, sentence
from bot.conversation.screen import Screen, esc
from bot.protocol.calendar.local_time import local, say_date, say_day_time
from bot.protocol.session.outcome import stayed_low
from bot.training.pain_keyboard import note_rows

Values = dict[str, Any]
Words = Callable[[Values, datetime], Screen]


# ---- next -----------------------------------------------------------------------------


def _next(values: Values, now: datetime) -> Screen:
    why = values.get("why")
    if why is not None:
        return Screen(text=_NONE[why](values, now))
    zone = values["zone"]
    at = say_day_time(datetime.fromisoformat(values["next_at"]), zone, now)
    lines = [f"Next session: <b>{esc(at)}</b> ({esc(zone)} time).", f"It asks: {_dose(values)}."]
    today = _today(values, now)
    return Screen(text="\n".join([today, *lines] if today else lines))


def _today(values: Values, now: datetime) -> str:
    if values.get("running"):
        return "A session is running now."
    if values.get("put_off"):
        moment = datetime.fromisoformat(values["put_off"])
        return f"Today's reminder is put off until {say_day_time(moment, values['zone'], now)}."
    return "Today's session is still open: /session starts it." if values.get("waiting") else ""


def _dose(values: Values) -> str:
    sets = f", {values['sets']} sets" if values["sets"] > 1 else ""
    side = "both sides" if values["side"] == "both" else f"{esc(values['side'])} side"
    holds = "1 hold" if values["holds"] == 1 else f"{values['holds']} holds"
    return f"{holds} of {values['hold_s']} s{sets}, {side}"


def _none_locked(values: Values, _now: datetime) -> str:
    reason = _LOCKED.get(values.get("reason") or "", "")
    return f"No session is planned: your sessions are locked{reason}. Your coach can unlock them."


_LOCKED: Final = {
    "red_flag": " because of a warning sign. Have it looked at; that never waits for a coach",
    "stopped_hard": " after high pain",
}


def _none_paused(values: Values, now: datetime) -> str:
    if values.get("until") is None:
        ends = KEPT if values.get("kept") else "/resume ends the pause."
        return f"No session is planned: your plan is paused. {ends}"
    first = date.fromisoformat(values["until"])
    day = say_date(first, local(now, values["zone"]).date())
    ends = KEPT if values.get("kept") else "/resume ends the pause now."
    return f"Your plan is paused. First day back: <b>{day}</b>. {ends}"


def _none_leaving(values: Values, now: datetime) -> str:
    at = say_day_time(datetime.fromisoformat(values["until"]), values["zone"], now)
    return f"No session is planned: everything is erased {at} ({esc(values['zone'])} time)."


def _no_days(_values: Values, _now: datetime) -> str:
    return "No session is planned: your plan has no days. Choose some in /settings."


_NONE: Final[dict[str, Callable[[Values, datetime], str]]] = {
    "locked": _none_locked,
    "paused": _none_paused,
    "leaving": _none_leaving,
    "no_days": _no_days,
}


# ---- history --------------------------------------------------------------------------

_OUTCOMES: Final = {
    "lessening": "finished, pain eased",
    "level": "finished, pain level",
    "rising": "ended, pain was rising",
    "stopped_pain": "stopped, pain over the limit",
    "stopped_hard": "stopped, high pain",
    "red_flag": "stopped, warning sign",
    "partial": "incomplete",
    "stopped_early": "stopped early",
    "rested_on_pain": "rested because of pain, as planned",
}
_DAYS: Final = {
    "skipped": "skipped",
    "missed": "missed",
    "not_delivered": "not delivered (our fault)",
    "paused": "paused",
    "rested": "rest, after pain earlier that day",
}


def _history(values: Values, now: datetime) -> Screen:
    today = local(now, values["zone"]).date()
    week = values["week"]
    tail = f"This week: {week['done']} of {week['planned']} followed your plan."
    if values["running"]:
        tail += " A session is running now."
    if not values["entries"]:
        text = f"No session yet. Your first one will stand here.\n{tail}"
        return Screen(text=text)
    lines = [_line(entry, today) for entry in values["entries"]]
    return Screen(text="\n".join(["<b>Your last sessions</b>", *lines, "", tail]))


def _line(entry: Values, today: date) -> str:
    day = sentence(say_date(date.fromisoformat(entry["day"]), today))
    if entry["kind"] == "session":
        return f"{day}: {_held(entry)}"
    reason = f" ({esc(entry['reason'])[:20]})" if entry.get("reason") else ""
    return f"{day}: {_DAYS[entry['kind']]}{reason}"


def _held(entry: Values) -> str:
    low = stayed_low(entry["outcome"], entry["first"], entry["last"])
    parts = [LOW if low else _OUTCOMES[entry["outcome"]]]
    if entry["outcome"] != "rested_on_pain":
        parts.append(f"{entry['done']}/{entry['planned']} holds")
    if entry["last"] is not None:
        parts.append(f"pain {entry['first']} → {entry['last']}")
    elif entry["first"] is not None:
        parts.append(f"pain before {entry['first']}")
    if entry["tension_s"]:
        parts.append(f"{entry['tension_s']} s")
    return " · ".join(parts)


# ---- a pain note ----------------------------------------------------------------------


def _pain_ask(values: Values, _now: datetime) -> Screen:
    again = "I could not read that as a number from 0 to 10.\n" if values.get("unclear") else ""
    text = (
        f"{again}Pain at your sit-bone right now?\n"
        "0 = no pain, 10 = pain as bad as you can imagine."
    )
    return Screen(text=text, rows=note_rows())


def _pain_saved(values: Values, _now: datetime) -> Screen:
    lines = [f"Saved: pain <b>{values['value']}</b> of 10. /undo takes it back within 2 minutes."]
    if values["high"]:
        lines.insert(0, "That is high. Please answer the questions about warning signs.")
    return Screen(text="\n".join(lines))


# ---- red flags ------------------------------------------------------------------------


def _no_flags(values: Values, _now: datetime) -> Screen:
    text = "Noted: none of these signs. If one comes, send /flag at once."
    if values.get("locked"):
        text += "\nYour sessions stay locked until your coach unlocks them."
    return Screen(text=text)


def _not_athlete(_values: Values, _now: datetime) -> Screen:
    return Screen(text="This is for athletes. /help shows what you can do here.")


SAY_OVERVIEW: Final[dict[str, Words]] = {
    "next": _next,
    "history": _history,
    "pain_note_ask": _pain_ask,
    "pain_note_saved": _pain_saved,
    "no_flags": _no_flags,
    "not_athlete": _not_athlete,
}
"""Topic → words."""
