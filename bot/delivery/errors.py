"""What a failed send means: one table from Telegram's errors to what the queue does next."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.delivery.address import host_of
from bot.delivery.transport import MaybeSent, NotSent, NotSentTimedOut
from bot.store import outbox


class Kind(StrEnum):
    """What became of a send that raised, and so what to do about it."""

    UNREACHABLE = outbox.UNREACHABLE
    """This person cannot be written to until they come back: send nothing more."""
    RETRY_AFTER = "retry_after"
    """Not delivered: too many requests. Wait exactly ``seconds``; for which chats is not said."""
    MIGRATED = "migrated"
    """Not delivered: the group is ``new_chat_id`` now. Send it there."""
    DONE = "done"
    """What was asked is already so: count it as sent."""
    SEND_ANEW = "send_anew"
    """The message to edit is gone or frozen: send the same as a new message."""
    STALE_QUERY = "stale_query"
    """The button's press is too old to answer: leave it, its effect stands."""
    CONFLICT = "conflict"
    """Another process uses this bot's token."""
    BAD_TOKEN = "bad_token"  # noqa: S105 - a kind, no token
    """The token is wrong or was revoked: no request can succeed."""
    REFUSED = outbox.REFUSED
    """Telegram will never take this request: do not repeat it."""
    FORBIDDEN_UNKNOWN = "forbidden_unknown"
    """Forbidden for a reason not known as permanent: try later, the person stays enabled."""
    NOT_SENT = "not_sent"
    """No byte left this machine: safe to repeat."""
    AMBIGUOUS = "ambiguous"
    """The request left and its answer was not heard: it may have been delivered."""
    SERVER_TROUBLE = "server_trouble"
    """The server failed while answering: passing, and it may have been delivered."""


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """One failed send, judged. ``seconds`` is set for retry_after, ``new_chat_id`` for migrated."""

    kind: Kind
    seconds: float | None = None
    new_chat_id: int | None = None

    @property
    def may_have_arrived(self) -> bool:
        """Whether repeating the send can show the person the same message twice."""
        return self.kind in {Kind.AMBIGUOUS, Kind.SERVER_TROUBLE}


# Lower-case parts of Telegram's descriptions.
UNREACHABLE_FORBIDDEN: Final = (
    "bot was blocked by the user",
    "user is deactivated",
    "bot was kicked from the group chat",
    "bot was kicked from the supergroup chat",
    "bot was kicked from the channel chat",
    "bot can't initiate conversation with a user",
    "bot can't send messages to bots",
)
BAD_REQUESTS: Final = (
    ("chat not found", Kind.UNREACHABLE),
    ("user not found", Kind.UNREACHABLE),
    ("peer_id_invalid", Kind.UNREACHABLE),
    ("message is not modified", Kind.DONE),
    ("message to delete not found", Kind.DONE),
    ("message can't be deleted", Kind.DONE),
    ("message to edit not found", Kind.SEND_ANEW),
    ("message can't be edited", Kind.SEND_ANEW),
    ("query is too old", Kind.STALE_QUERY),
)
_BY_TYPE: Final[tuple[tuple[tuple[type[TelegramError], ...], Kind], ...]] = (
    ((InvalidToken,), Kind.BAD_TOKEN),
    ((Conflict,), Kind.CONFLICT),
    ((EndPointNotFound,), Kind.REFUSED),
    ((NotSent,), Kind.NOT_SENT),
    ((TimedOut, MaybeSent), Kind.AMBIGUOUS),
)
# How python-telegram-bot begins when an answer is not Telegram's: "Moved Permanently (301)".
_STATUS: Final = re.compile(r"[A-Z][\w' -]* \((\d{3})\)")
# Seconds to wait when Telegram answers 429 without naming any.
UNTOLD_WAIT_S: Final = 1.0


def classify(error: TelegramError) -> SendOutcome:
    """Judge the error of one send. Texts match anywhere, in any case; the first row wins.

    1. RetryAfter: retry_after, with its seconds.
    2. ChatMigrated: migrated, with the new chat.
    3. Forbidden: unreachable with a text of UNREACHABLE_FORBIDDEN, else forbidden_unknown.
    4. InvalidToken (401, 404): bad_token.
    5. Conflict (409): conflict.
    6. EndPointNotFound: refused.
    7. BadRequest, before NetworkError whose subclass it is: the first matching text of
       BAD_REQUESTS, else refused.
    8. NotSent, before TimedOut for it may be both: not_sent.
    9. TimedOut and MaybeSent: ambiguous.
    10. Answers PTB has no class for: "too many requests" without a time is retry_after with
        UNTOLD_WAIT_S, "request entity too large" is refused.
    11. Any other, which is 5xx or no answer of Telegram's at all: server_trouble. No 5xx says
        whether the message was taken before the failure, so none is called undelivered.
    """
    match error:
        case RetryAfter():
            return SendOutcome(Kind.RETRY_AFTER, seconds=_seconds(error))
        case ChatMigrated():
            return SendOutcome(Kind.MIGRATED, new_chat_id=error.new_chat_id)
        case Forbidden():
            known = any(text in error.message.lower() for text in UNREACHABLE_FORBIDDEN)
            return SendOutcome(Kind.UNREACHABLE if known else Kind.FORBIDDEN_UNKNOWN)
        case BadRequest():
            return SendOutcome(_judge_bad_request(error))
        case _:
            return _judge_by_type(error)


def why_failed(host: str, error: TelegramError) -> str:
    """Return for the log with whom a request failed, and why; nothing of an answer's text."""
    match error:
        case NotSentTimedOut():
            reason = "no connection in time"
        case TimedOut():
            reason = "no answer in time"
        case NotSent() | MaybeSent():
            reason = error.message
        case _:
            status = _STATUS.match(error.message)
            reason = f"it answered with {status[1] if status else type(error).__name__}"
    return f"{host}: {reason}"


def unknown_there(base: str, error: InvalidToken) -> str:
    """Return in one sentence that the server at `base` knows no such bot, when starting.

    Telegram answers 401 to a token that is none any more; 404 comes from a wrong address as well.
    """
    told = error.__cause__ if isinstance(error.__cause__, InvalidToken) else error
    if told.message.startswith("Unauthorized"):
        return "Telegram does not accept telegram.token: ask @BotFather for it."
    hint = " The address must not end in /bot." if base.endswith("/bot") else ""
    return (
        f"{host_of(base)} knows no such bot (404): the token or api_base_url is wrong. "
        f"Check telegram.token and telegram.api_base_url.{hint}"
    )


def _seconds(error: RetryAfter) -> float:
    """Return the wait in seconds; PTB's type for it depends on its PTB_TIMEDELTA setting."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _judge_bad_request(error: BadRequest) -> Kind:
    text = error.message.lower()
    return next((kind for part, kind in BAD_REQUESTS if part in text), Kind.REFUSED)


def _judge_by_type(error: TelegramError) -> SendOutcome:
    for types, kind in _BY_TYPE:
        if isinstance(error, types):
            return SendOutcome(kind)
    text = error.message.lower()
    if isinstance(error, NetworkError) and "too many requests" in text:
        return SendOutcome(Kind.RETRY_AFTER, seconds=UNTOLD_WAIT_S)
    if isinstance(error, NetworkError) and "request entity too large" in text:
        return SendOutcome(Kind.REFUSED)
    return SendOutcome(Kind.SERVER_TROUBLE)
