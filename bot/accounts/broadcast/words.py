"""Words and buttons of a message to everybody of a role."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.accounts.messages import Broadcast
from bot.accounts.phrases import ROLES
from bot.conversation.message import Intent
from bot.conversation.screen import Button, Screen, Style, data, esc
from bot.conversation.widgets import Values, Words, plain


def _copy(sender: str, role: str, text: str) -> str:
    return f"<b>{esc(sender)} to all {ROLES[role]}:</b>\n{esc(text)}"


def broadcast(intent: Broadcast, _now: datetime) -> Screen:
    """One copy, as everybody gets it; it does not ring."""
    return Screen(text=_copy(intent.sender, intent.role, intent.text))


def _role(values: Values, _now: datetime) -> Screen:
    buttons = tuple(
        Button(f"{ROLES[role].capitalize()} ({count})", data("c", "broadcast", "", role))
        for role, count in values["counts"].items()
        if count
    )
    return Screen(
        text="Whom do you want to write to? Or write it at once: "
        "/broadcast athletes No holds on Sunday.",
        rows=(buttons,),
    )


def _text(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=f"Write the message to all {ROLES[values['role']]} now; you see it before it is "
        "sent. Or write cancel."
    )


def _problem(values: Values, _now: datetime) -> Screen:
    if values["why"] == "long":
        return Screen(
            text=f"The message has {values['length']} characters; at most {values['most']} fit. "
            "Please shorten it and send it again, for example /broadcast athletes No holds today."
        )
    return Screen(
        text=f"“{esc(values['word'][:60])}” is nobody to write to: athletes, coaches or admins. "
        "Write /broadcast athletes No holds on Sunday."
    )


def _preview(values: Values, _now: datetime) -> Screen:
    skipped = f" {values['skipped']} can not be reached." if values["skipped"] else ""
    number = values["total"]
    head = f"This goes to {number} {'person' if number == 1 else 'people'}.{skipped}"
    send, cancel = (
        data("c", "broadcast", "", f"{what} {values['broadcast']}") for what in ("send", "cancel")
    )
    return Screen(
        text=f"{head}\n\n{_copy(values['sender'], values['role'], values['text'])}",
        rows=((Button("Send", send, Style.PRIMARY), Button("Cancel", cancel)),),
    )


def _nobody(values: Values, _now: datetime) -> Screen:
    skipped = f" {values['skipped']} can not be reached." if values["skipped"] else ""
    return Screen(text=f"There are no {ROLES[values['role']]} to write to but you.{skipped}")


def _progress(values: Values, _now: datetime) -> Screen:
    delivered, failed, total = values["delivered"], values["failed"], values["total"]
    lost = f", {failed} failed" if failed else ""
    if values["done"]:
        text = f"Done: {delivered} of {total} {ROLES[values['role']]} got the message{lost}."
    else:
        text = f"Sending to the {ROLES[values['role']]}: {delivered} of {total} sent{lost}."
    return Screen(text=text)


SAY_BROADCAST: Final[dict[str, Words]] = {
    "broadcast_role": _role,
    "broadcast_text": _text,
    "broadcast_problem": _problem,
    "broadcast_preview": _preview,
    "broadcast_nobody": _nobody,
    "broadcast_cancelled": plain("Nothing was sent."),
    "broadcast_progress": _progress,
}
"""Topic → words."""
BROADCAST_SCREENS: Final[dict[type[Intent], Callable[[Any, datetime], Screen]]] = {
    Broadcast: broadcast
}
"""The look of a copy."""
