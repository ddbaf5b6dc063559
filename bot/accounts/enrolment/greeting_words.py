"""Words and buttons for who opens a link or comes back."""

from datetime import datetime
from typing import Final

from bot.accounts.enrolment.messages import (
    AlreadyJoined,
    AthleteWelcomedBack,
    ClosedToStrangers,
    InviteRefused,
    MovedAway,
    MovedHere,
    MoveRefused,
    RoleGranted,
    StaffWelcomedBack,
)
from bot.accounts.phrases import ROLE, myself_rows
from bot.conversation import widgets
from bot.conversation.phrases import KEPT
from bot.conversation.screen import Button, Row, Screen, Words, data, esc

WORDS: Final = Words()

# ---- links ----------------------------------------------------------------------------


@WORDS.of(ClosedToStrangers)
def _closed(said: ClosedToStrangers, _now: datetime) -> Screen:
    """Turn a stranger away; their own id is told, for an admin's settings."""
    return Screen(
        text="This is a private bot. If someone gave you a link, please open that link "
        f"again.\n\nYour Telegram id is <b>{said.telegram_id}</b>."
    )


WORDS.plain(InviteRefused, "This link has been used or has expired. Ask your coach for a new one.")


@WORDS.of(AlreadyJoined)
def _already_joined(said: AlreadyJoined, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"You have already joined as {ROLE[said.role]}, so this link was not used. "
            "It still works for the person it was made for."
        )
    )


@WORDS.of(RoleGranted)
def _role_granted(said: RoleGranted, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"Welcome, <b>{esc(said.name)}</b>. You are now {ROLE[said.role]} here.\n\n"
            "Your Telegram id and name are stored. /help shows what you can do, "
            f"/privacy what is kept.{_zone_question(said)}"
        ),
        rows=(*_zone_rows(said), *(myself_rows() if said.role == "admin" else ())),
    )


WORDS.plain(
    MoveRefused,
    "This Telegram account has joined already, so the link was not used. "
    "Open it from the new account.",
)
WORDS.plain(
    MovedAway,
    "Your plan has moved to another Telegram account; this chat has no access any more. "
    "If that was not you, tell your coach at once.",
)


@WORDS.of(MovedHere)
def _moved_here(said: MovedHere, _now: datetime) -> Screen:
    name = esc(said.name)
    return Screen(text=f"{name} has moved to the new account; the old chat has no access any more.")


# ---- greetings ------------------------------------------------------------------------


@WORDS.of(StaffWelcomedBack)
def _staff(said: StaffWelcomedBack, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"Welcome back, <b>{esc(said.name)}</b>. /help shows what you can do."
            f"{_zone_question(said)}"
        ),
        rows=_zone_rows(said),
    )


@WORDS.of(AthleteWelcomedBack)
def _athlete(said: AthleteWelcomedBack, now: datetime) -> Screen:
    return Screen(
        text=(
            f"Welcome back, <b>{esc(said.name)}</b>. Your plan is as you left it.\n\n"
            f"{_whats_next(said, now)}\n\n/help shows everything else."
        )
    )


def _whats_next(said: AthleteWelcomedBack, now: datetime) -> str:
    if said.leaving:
        return "Your data is about to be erased, as you asked; there are no reminders."
    if said.locked:
        return "Sessions are locked until your coach unlocks them."
    if said.paused:
        return f"Your plan is paused. {KEPT if said.kept else '/resume ends the pause.'}"
    if said.next_at is None:
        return "No session is planned. /settings sets your days and time."
    when = widgets.say_moment(said.next_at, said.zone, now)
    return f"Next session: <b>{when}</b>. /session starts one now."


def _zone_question(said: RoleGranted | StaffWelcomedBack) -> str:
    """Return the question for the zone of a coach or admin who never told one."""
    if not said.asks_zone:
        return ""
    return "\n\nWhere do you live? Type your city: I will tell all times on your clock."


def _zone_rows(said: RoleGranted | StaffWelcomedBack) -> tuple[Row, ...]:
    if not said.asks_zone:
        return ()
    return ((Button("🕑 Pick by local time", data("c", "zone", "", "clock")),),)
