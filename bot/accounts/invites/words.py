"""Words and buttons of links – to join, to move – and of greetings."""

from datetime import datetime
from typing import Final

from bot.conversation import widgets
from bot.conversation.phrases import KEPT
from bot.conversation.screen import Button, Screen, Style, data, esc
from bot.conversation.widgets import Row, Values, Words, plain

_ROLES: Final = {"athlete": "an athlete", "coach": "a coach", "admin": "an admin"}


# ---- links ----------------------------------------------------------------------------


_ONCE: Final = (
    "I do not keep the link, so I can not show it again. If it is lost, revoke it and make another."
)


def _revoke(values: Values) -> tuple[Row, ...]:
    return ((Button("Revoke", data("i", values["invite"]), Style.DANGER),),)


def _invite_made(values: Values, now: datetime) -> Screen:
    name, role = esc(values["name"]), _ROLES[values["role"]]
    until = widgets.say_moment(values["expires_at"], values["zone"], now)
    return Screen(
        text=(
            f"A link for <b>{name}</b> to join as {role}:\n\n{esc(values['link'])}\n\n"
            f"Pass this link on to {name} only. It works once, until {until}.\n\n{_ONCE}"
        ),
        rows=_revoke(values),
    )


def _move_made(values: Values, now: datetime) -> Screen:
    name = esc(values["name"])
    until = widgets.say_moment(values["expires_at"], values["zone"], now)
    return Screen(
        text=(
            f"A link that moves <b>{name}</b> to another Telegram account:\n\n"
            f"{esc(values['link'])}\n\nPass this link on to {name} only: whoever opens it is "
            f"{name} here from then on, and the old chat loses access. "
            f"It works once, until {until}.\n\n{_ONCE}"
        ),
        rows=_revoke(values),
    )


def _invite_problem(values: Values, _now: datetime) -> Screen:
    return Screen(text=esc(values["problem"]))


def _role_granted(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"Welcome, <b>{esc(values['name'])}</b>. You are now {_ROLES[values['role']]} here.\n\n"
            "Your Telegram id and name are stored. /help shows what you can do, "
            f"/privacy what is kept.{_zone_question(values)}"
        ),
        rows=_zone_rows(values),
    )


def _zone_question(values: Values) -> str:
    """Return the question for the zone of a coach or admin who never told one."""
    if not values.get("asks_zone"):
        return ""
    return "\n\nWhere do you live? Type your city: then every time I tell you is on your clock."


def _zone_rows(values: Values) -> tuple[Row, ...]:
    if not values.get("asks_zone"):
        return ()
    return ((Button("🕑 Pick by local time", data("c", "zone", "", "clock")),),)


def _already_joined(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"You have already joined as {_ROLES[values['role']]}, so this link was not used. "
            "It still works for the person it was made for."
        )
    )


# ---- greetings ------------------------------------------------------------------------


def _welcome_staff(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"Welcome back, <b>{esc(values['name'])}</b>. /help shows what you can do."
            f"{_zone_question(values)}"
        ),
        rows=_zone_rows(values),
    )


def _welcome_back(values: Values, now: datetime) -> Screen:
    return Screen(
        text=(
            f"Welcome back, <b>{esc(values['name'])}</b>. Your plan is as you left it.\n\n"
            f"{_whats_next(values, now)}\n\n/help shows everything else."
        )
    )


def _whats_next(values: Values, now: datetime) -> str:
    if values["leaving"]:
        return "Your data is about to be erased, as you asked; there are no reminders."
    if values["locked"]:
        return "Sessions are locked until your coach unlocks them."
    if values["paused"]:
        ends = KEPT if values.get("kept") else "/resume ends the pause."
        return f"Your plan is paused. {ends}"
    if values["next_at"] is None:
        return "No session is planned. /settings sets your days and time."
    when = widgets.say_moment(values["next_at"], values["zone"], now)
    return f"Next session: <b>{when}</b>. /session starts one now."


def _closed(values: Values, _now: datetime) -> Screen:
    """Turn a stranger away; their own id is told, for an admin's settings."""
    return Screen(
        text="This is a private bot. If someone gave you a link, please open it again from "
        f"there.\n\nYour Telegram id is <b>{values['telegram_id']}</b>."
    )


SAY_LINKS: Final[dict[str, Words]] = {
    "closed": _closed,
    "not_allowed": plain("That is not possible here. /help shows what you can do."),
    "invite_made": _invite_made,
    "invite_problem": _invite_problem,
    "invite_refused": plain(
        "This link has been used or has expired. Ask your coach for a new one."
    ),
    "invite_revoked": plain("The link is revoked; nobody can use it any more."),
    "invite_gone": plain("This link is not open any more: it was used or revoked before."),
    "move_made": _move_made,
    "move_refused": plain(
        "This Telegram account has joined already, so the link was not used. "
        "Open it from the new account."
    ),
    "moved_away": plain(
        "Your plan has moved to another Telegram account; this chat has no access any more. "
        "If that was not you, tell your coach at once."
    ),
    "role_granted": _role_granted,
    "already_joined": _already_joined,
    "welcome_staff": _welcome_staff,
    "welcome_back": _welcome_back,
}
"""Topic → words, for everything that links and greetings say."""
