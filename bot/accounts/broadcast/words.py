"""Words and buttons of a message to everybody of a role."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.accounts.broadcast.messages import (
    AskBroadcastRole,
    AskBroadcastText,
    Broadcast,
    BroadcastCancelled,
    BroadcastNotTaken,
    BroadcastPreview,
    BroadcastProgress,
    NobodyToWriteTo,
)
from bot.accounts.phrases import ROLES
from bot.conversation.message import Message
from bot.conversation.screen import Button, Screen, Style, Words, data, esc

WORDS: Final = Words()


def _copy(sender: str, role: str, text: str) -> str:
    return f"<b>{esc(sender)} to all {ROLES[role]}:</b>\n{esc(text)}"


def broadcast(intent: Broadcast, _now: datetime) -> Screen:
    """One copy, as everybody gets it; it does not ring."""
    return Screen(text=_copy(intent.sender, intent.role, intent.text))


@WORDS.of(AskBroadcastRole)
def _broadcast_role(said: AskBroadcastRole, _now: datetime) -> Screen:
    buttons = tuple(
        Button(f"{ROLES[role].capitalize()} ({count})", data("c", "broadcast", "", role))
        for role, count in said.counts.each()
        if count
    )
    return Screen(
        text="Who do you want to write to? Or send it in one line: "
        "/broadcast athletes No holds on Sunday.",
        rows=(buttons,),
    )


@WORDS.of(AskBroadcastText)
def _broadcast_text(said: AskBroadcastText, _now: datetime) -> Screen:
    return Screen(
        text=f"Write the message to all {ROLES[said.role]} now. You see it before it "
        "is sent. Or write cancel."
    )


@WORDS.of(BroadcastNotTaken)
def _not_taken(said: BroadcastNotTaken, _now: datetime) -> Screen:
    if said.why == "long":
        return Screen(
            text=f"The message has {said.length} characters; at most {said.most} fit. "
            "Please shorten it and send it again, for example /broadcast athletes No holds today."
        )
    return Screen(
        text=f"“{esc(said.word[:60])}” is not a group here: athletes, coaches or admins. "
        "Write /broadcast athletes No holds on Sunday."
    )


@WORDS.of(BroadcastPreview)
def _broadcast_preview(said: BroadcastPreview, _now: datetime) -> Screen:
    skipped = f" {said.skipped} cannot be reached." if said.skipped else ""
    number = said.total
    head = f"This goes to {number} {'person' if number == 1 else 'people'}.{skipped}"
    send, cancel = (
        data("c", "broadcast", "", f"{what} {said.broadcast}") for what in ("send", "cancel")
    )
    return Screen(
        text=f"{head}\n\n{_copy(said.sender, said.role, said.text)}",
        rows=((Button("Send", send, Style.PRIMARY), Button("Cancel", cancel)),),
    )


@WORDS.of(NobodyToWriteTo)
def _nobody(said: NobodyToWriteTo, _now: datetime) -> Screen:
    skipped = f" {said.skipped} cannot be reached." if said.skipped else ""
    return Screen(text=f"There are no other {ROLES[said.role]} to write to.{skipped}")


@WORDS.of(BroadcastProgress)
def _broadcast_progress(said: BroadcastProgress, _now: datetime) -> Screen:
    delivered, failed, total = said.delivered, said.failed, said.total
    lost = f", {failed} failed" if failed else ""
    if said.done:
        text = f"Done: {delivered} of {total} {ROLES[said.role]} got the message{lost}."
    else:
        text = f"Sending to the {ROLES[said.role]}: {delivered} of {total} sent{lost}."
    return Screen(text=text)


WORDS.plain(BroadcastCancelled, "Nothing was sent.")

BROADCAST_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {
    Broadcast: broadcast
}
"""The look of a copy."""
