"""Words and buttons of /pause and /resume by staff, and what the athlete is told."""

from datetime import datetime
from typing import Final

from bot.conversation.phrases import KEPT, lines, paragraphs
from bot.conversation.screen import VERSION, Button, Screen, Style, esc, fits
from bot.conversation.two_clocks import say_both, say_local_date, say_next, say_told, say_zones
from bot.conversation.who_words import command_data
from bot.conversation.widgets import Row, Values, Words, plain, say_moment
from bot.training.session.phrases import say_reason

_SPANS: Final = (
    ("3 days", "3 days"),
    ("1 week", "1 week"),
    ("2 weeks", "2 weeks"),
    ("Until resumed", "until resumed"),
)


def _rows(values: Values) -> tuple[Row, ...]:
    found = [
        Button(label, command_data("pause", values["athlete_id"], words)) for label, words in _SPANS
    ]
    resume = Button("Resume now", command_data("resume", values["athlete_id"]), Style.SUCCESS)
    spans: tuple[Row, ...] = (tuple(found[:2]), tuple(found[2:]))
    return (*spans, (resume,)) if values["paused"] else spans


def _ends(values: Values, now: datetime) -> str:
    """Return the last day of a pause and the first day back, or that it has no end."""
    if values["back_on"] is None:
        return "It has no end day: it lasts until you resume it."
    last, back = (
        say_local_date(values[day], values["zone"], now) for day in ("last_day", "back_on")
    )
    return f"Last day of the pause: <b>{last}</b>. First day back: <b>{back}</b>."


def _first(values: Values, now: datetime) -> str:
    if values["back_at"] is None:
        return ""
    at = say_both(values["back_at"], values, now)
    return f"First reminder: <b>{at}</b>, {say_zones(values)}."


def _pause(values: Values, now: datetime) -> Screen:
    name = esc(values["name"])
    state = f"The plan of {name} is not paused."
    if values["paused"]:
        own = "" if values["kept"] else f"{name} paused it, and may resume it too."
        state = lines(
            f"<b>The plan of {name} is paused.</b>",
            _ends(values, now),
            _first(values, now),
            say_reason(values["reason"]),
            own,
        )
    hint = f"Tap, or write for example\n/pause {name} until fri knee is swollen"
    return Screen(text=paragraphs(state, hint), rows=_rows(values))


def _paused(values: Values, now: datetime) -> Screen:
    name = esc(values["name"])
    text = paragraphs(
        lines(
            f"<b>The plan of {name} is paused.</b>",
            _ends(values, now),
            _first(values, now),
            say_reason(values["reason"]),
        ),
        lines(
            "The session that is running goes on." if values["running"] else "",
            f"{name} can not resume by themselves; a coach or admin can.",
            say_told(values),
        ),
    )
    return Screen(text=text, rows=_rows(values))


def _resumed(values: Values, now: datetime) -> Screen:
    name = esc(values["name"])
    if not values["resumed"]:
        return Screen(text=f"The plan of {name} is not paused. Nothing was changed.")
    locked = f"But the sessions stay locked: /unlock {name} ends that."
    next_at = locked if values["locked"] else say_next(values, now)
    return Screen(
        text=lines(f"<b>The pause of {name} is over.</b>", next_at, say_told(values)),
        rows=((_again(values),),),
    )


def _again(values: Values) -> Button:
    """Return the way back for a slip: the same end, and the reason where a button holds it."""
    until = f"until {values['was_until'] or 'resumed'}"
    whole = f"{VERSION}:c:pause:{values['athlete_id']}:{until} {values['was_reason'] or ''}".strip()
    bare = command_data("pause", values["athlete_id"], until)
    return Button("Pause again", whole if fits(whole) else bare)


def _paused_by(values: Values, now: datetime) -> Screen:
    """Tell the athlete that somebody paused the plan, until when, why, and who can end it."""
    by = f"<b>{esc(values['by'])} paused your plan</b>"
    if values["back_on"] is None:
        until = f"{by} without an end day."
    else:
        day = say_local_date(values["back_on"], values["zone"], now)
        until = f"{by}; your first day back is <b>{day}</b>."
    return Screen(
        text=lines(
            until, say_reason(values["reason"]), f"No reminders come, and no day is missed. {KEPT}"
        )
    )


def _resumed_by(values: Values, now: datetime) -> Screen:
    by = f"{esc(values['by'])} ended the pause of your plan."
    if values["locked"]:
        return Screen(text=f"{by} Sessions are still locked until your coach unlocks them.")
    if values["next_at"] is None:
        return Screen(text=f"{by} No reminder is planned.")
    when = say_moment(values["next_at"], values["zone"], now)
    return Screen(text=f"{by} Next reminder: <b>{when}</b>.")


SAY_PAUSES: Final[dict[str, Words]] = {
    "staff_pause": _pause,
    "staff_paused": _paused,
    "staff_resumed": _resumed,
    "staff_none_paused": plain("None of your athletes is paused."),
    "paused_by": _paused_by,
    "resumed_by": _resumed_by,
}
"""Topic → words."""
