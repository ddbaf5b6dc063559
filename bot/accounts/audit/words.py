"""What was changed, by whom, in plain words: known changes each in their own, others as pairs."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from bot.accounts.audit.messages import AuditedChange, AuditPage, NoSuchAuditPage
from bot.accounts.phrases import ROLE, ROLES
from bot.conversation.paging import turning
from bot.conversation.phrases import say_exercise, say_field, say_value
from bot.conversation.screen import Screen, Words, esc
from bot.conversation.widgets import say_days, say_times
from bot.protocol.calendar.local_time import local, say_date, say_day_time
from bot.training.load.phrases import EXTRAS

WORDS: Final = Words()
_LONGEST: Final = 200
"""Characters of one change: ten of them fit into a message."""
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LABELS: Final = {
    "zone": "time zone",
    "time": "time",
    "quiet": "quiet hours",
}
_VALUES: Final[dict[str, Callable[[str], str]]] = {"days": say_days, "time": say_times}
_OF_NOBODY: Final = frozenset({"backup", "broadcast"})
"""Changes that are about nobody."""
_LOCKS: Final = {"red_flag": "a warning sign", "stopped_hard": "very high pain"}


@WORDS.of(AuditPage)
def _audit_page(said: AuditPage, now: datetime) -> Screen:
    of = f" – {esc(said.name)}" if said.name else ""
    page = f" (page {said.page})" if said.page > 1 or said.more else ""
    lines = [f"<b>Changes{of}</b>{page}", f"Times in {esc(said.zone)}"]
    if not said.changes:
        lines.append("\nNo changes.")
    lines += [_change(one, said.zone, now) for one in said.changes]
    known = range(1, said.page + said.more + 1)
    rows = turning(
        said.page, known, "c", "audit", said.athlete_id or "", labels=("‹ Newer", "Older ›")
    )
    return Screen(text="\n".join(lines), rows=rows)


def _change(one: AuditedChange, zone: str, now: datetime) -> str:
    at = say_day_time(one.at, zone, now)
    whose = f" → {esc(one.whose)}" if one.whose else ""
    today = local(now, zone).date()
    if _is_bare(one):
        by = f" · {esc(one.by)}" if one.by else ""
        return f"\n{at}{by}\n{esc(one.action.replace('_', ' '))}, of somebody who is gone"
    what = _DATE.sub(lambda day: _say(day[0], today), _ACTIONS.get(one.action, _generic)(one))
    return f"\n{at} · {esc(one.by or 'the bot')}{whose}\n{esc(_cut(what))}"


def _is_bare(one: AuditedChange) -> bool:
    """Whether an erasure left of a change only that there was one."""
    return one.subject_id is None and not (one.before or one.after) and one.action not in _OF_NOBODY


def _say(day: str, today: date) -> str:
    """Return a date that is stored as it is read today; what is none stays."""
    try:
        return say_date(date.fromisoformat(day), today)
    except ValueError:
        return day


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …"


# ---- one change -----------------------------------------------------------------------


def _about(one: AuditedChange) -> str:
    return one.about or "somebody who is gone"


def _invite(one: AuditedChange) -> str:
    role = (one.after or "").partition(" ")[0]
    if one.subject_id is not None:
        return "made a link to a new account"
    return f"made a link for {_about(one)} to join as {ROLE.get(role, role)}"


def _join(one: AuditedChange) -> str:
    role = (one.after or "").partition(",")[0]
    return f"joined as {ROLE.get(role, role)}"


def _lock(one: AuditedChange) -> str:
    return f"sessions locked after {_LOCKS.get(one.after or '', one.after or 'a stop')}"


def _pause(one: AuditedChange) -> str:
    return f"paused the plan, {one.after or 'until resumed'}"


def _restrict(one: AuditedChange) -> str:
    return f"asked to leave out: {_left_out(one.before)} → {_left_out(one.after)}"


def _left_out(text: str | None) -> str:
    """Return "hills until 2027-03-01" for what is stored."""
    extra, _, until = (text or "").partition(" ")
    named = {kind.value: words for kind, words in EXTRAS.items()}
    return f"{named.get(extra, extra)} {until}".strip() or "nothing"


def _taken(one: AuditedChange) -> str:
    files = (one.after or "").replace("holdfast-", "")
    return f"took files: {files}"


def _removed(one: AuditedChange) -> str:
    return f"removed as {ROLE.get(one.before or '', one.before)}"


def _broadcast(one: AuditedChange) -> str:
    role, _, number = (one.after or "").partition(": ")
    return f"wrote to all {ROLES.get(role, role)} ({number})"


def _own_picture(one: AuditedChange) -> str:
    shown = "own picture" if one.after else "drawing again"
    return f"exercise shown by {shown}: {say_exercise(one.after or one.before or '')}"


def _settings(one: AuditedChange) -> str:
    return _pairs(one) or "changed the settings"


def _generic(one: AuditedChange) -> str:
    """Name the change by its own name, with what it was before and after."""
    name = one.action.replace("_", " ")
    pairs = _pairs(one)
    if pairs:
        return f"{name}: {pairs}"
    told = [_plain(text) for text in (one.before, one.after) if text]
    return f"{name}: {' → '.join(told)}" if told else name


def _plain(text: str) -> str:
    """Return a stored value without the marks of JSON."""
    found = _parsed(text)
    if isinstance(found, dict):
        return ", ".join(f"{_label(key)} {_value(key, value)}" for key, value in found.items())
    return text


def _pairs(one: AuditedChange) -> str:
    """Return "hold 10 s → 15 s, side left → both" where both sides are JSON objects."""
    before, after = _parsed(one.before), _parsed(one.after)
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ""
    return ", ".join(
        f"{_label(key)} {_value(key, before.get(key))} → {_value(key, after.get(key))}"
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    )


def _parsed(text: str | None) -> Any:
    try:
        return json.loads(text or "")
    except ValueError:
        return None


def _label(key: str) -> str:
    return _LABELS.get(key) or say_field(key)


def _value(key: str, value: Any) -> str:
    match value:
        case None | "" | []:
            return "none"
        case list():
            return ", ".join(map(str, value))
        case str() if key in _VALUES:
            return _VALUES[key](value)
        case bool() if key != "to_fatigue":
            return "yes" if value else "no"
    return say_value(key, value)


_ACTIONS: Final[dict[str, Callable[[AuditedChange], str]]] = {
    "invite": _invite,
    "revoke_invite": lambda one: f"revoked the link for {_about(one)}",
    "join": _join,
    "appoint": lambda _one: "became an admin: named in the settings",
    "move": lambda _one: "moved to another Telegram account",
    "settings": _settings,
    "pause": _pause,
    "resume": lambda _one: "ended the pause",
    "morning": lambda one: f"changed the morning answer: {one.before} → {one.after}",
    "step_down": lambda one: f"took a step down: {one.before} → {one.after}",
    "rest_day": lambda one: f"set a rest day: {one.after}",
    "step_up_proposed": lambda one: f"proposed a step up: {one.before} → {one.after}",
    "step_up": lambda one: f"took a step up: {one.before} → {one.after}",
    "step_up_declined": lambda one: f"declined a step up, stays at {one.before}",
    "lock": _lock,
    "restrict": _restrict,
    "asked_for": lambda one: f"changed what the athlete is asked for: {one.after}",
    "note": lambda _one: "wrote a note",
    "undo_note": lambda _one: "deleted a note",
    "export": _taken,
    "own_picture": _own_picture,
    "backup": lambda _one: "asked for a backup",
    "unlock": lambda _one: "unlocked the sessions",
    "assign": lambda one: f"asked to share with {_about(one)}",
    "assign_invited": lambda one: f"chose {_about(one)} for somebody who is invited",
    "unassign_invited": lambda one: f"took back {_about(one)} for somebody who is invited",
    "consent": lambda one: f"agreed to share with {_about(one)}",
    "decline": lambda one: f"said no to sharing with {_about(one)}",
    "agree_diary": lambda _one: "agreed to a diary being kept",
    "share_diary": lambda one: f"shares the diary with {_about(one)}",
    "keep_diary": lambda one: f"does not share the diary with {_about(one)}",
    "unshare": lambda one: f"stopped sharing with {_about(one)}",
    "unassign": lambda one: f"ended the coaching by {_about(one)}",
    "remove": _removed,
    "remove_undone": lambda _one: "took the removal back",
    "erase_asked": lambda _one: "asked for erasure",
    "erase_cancelled": lambda _one: "kept the data after all",
    "broadcast": _broadcast,
}
"""Action → what was done, as one line."""


@WORDS.of(NoSuchAuditPage)
def _no_such_page(said: NoSuchAuditPage, _now: datetime) -> Screen:
    name = esc(said.name)
    return Screen(
        text=f"“{esc(said.word[:60])}” is not a page. Write /audit {name}, or "
        f"/audit {name} 2 for the second page."
    )
