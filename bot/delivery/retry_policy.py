"""What is done about a send that failed: a value, carried out by the sender."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.delivery.errors import Kind, SendOutcome
from bot.delivery.limiter import HEARD
from bot.store.outbox_claims import Claimed

BACKOFF_S: Final = 0.5
MAX_BACKOFF_S: Final = 60.0
MAYBE_REPEATS: Final = 2
"""Attempts after which a letter that perhaps arrived is not sent once more; one that has to be
heard is, until it is answered."""
FORBIDDEN_S: Final = 600.0
FORBIDDEN_REPEATS: Final = 5

MENU: Final = "Menu"
"""The kind that sets a chat's command menu: no message, and the chat may not have begun yet."""


class Do(StrEnum):
    """What becomes of the letter."""

    DONE = "done"  # as good as sent
    AGAIN = "again"  # after `seconds`
    ANEW = "anew"  # as a new message: the one to rewrite is gone
    HOLD_CHAT = "hold_chat"  # again after `seconds`, and nothing to that chat before
    MOVE = "move"  # the chat has a new address
    UNREACHABLE = "unreachable"  # nobody there any more
    FAIL = "fail"  # never again
    UNSURE = "unsure"  # perhaps arrived, not repeated
    KEEP = "keep"  # nothing can be sent at all: it waits for a good token


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What to do, and after how many seconds."""

    do: Do
    seconds: float = 0.0


_PLAIN: Final = {
    Kind.DONE: Do.DONE,
    Kind.STALE_QUERY: Do.FAIL,
    Kind.REFUSED: Do.FAIL,
    Kind.CONFLICT: Do.FAIL,
    Kind.UNREACHABLE: Do.UNREACHABLE,
    Kind.MIGRATED: Do.MOVE,
}

_IF_REPEATABLE: Final = {
    Kind.SEND_ANEW: (Do.DONE, Do.ANEW),
    Kind.BAD_TOKEN: (Do.FAIL, Do.KEEP),
}
"""What becomes of a letter that is not repeatable, and of one that is."""


def judge(outcome: SendOutcome, letter: Claimed) -> RetryDecision:
    """Return what to do about `letter` after `outcome`; `letter.attempts` counts from 0."""
    plain = _PLAIN.get(outcome.kind)
    if plain is not None:
        nobody = plain is Do.UNREACHABLE and letter.kind == MENU
        return RetryDecision(Do.FAIL if nobody else plain)
    tries = letter.attempts + 1
    backoff = min(MAX_BACKOFF_S, BACKOFF_S * 2 ** min(tries, 10))
    match outcome.kind:
        case Kind.RETRY_AFTER:
            return RetryDecision(Do.HOLD_CHAT, outcome.seconds or 1.0)
        case Kind.SEND_ANEW | Kind.BAD_TOKEN:
            return RetryDecision(_IF_REPEATABLE[outcome.kind][letter.repeatable])
        case Kind.NOT_SENT:
            return RetryDecision(Do.AGAIN, backoff)
        case Kind.FORBIDDEN_UNKNOWN:
            return RetryDecision(Do.AGAIN if tries < FORBIDDEN_REPEATS else Do.FAIL, FORBIDDEN_S)
        case _:
            heard = letter.priority <= HEARD
            once_more = heard or outcome.kind is Kind.SERVER_TROUBLE or tries < MAYBE_REPEATS
            return RetryDecision(
                Do.AGAIN if letter.repeatable and once_more else Do.UNSURE, backoff
            )
