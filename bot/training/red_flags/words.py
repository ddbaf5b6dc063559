"""When something is wrong: the red-flag questions and the advice."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bot.conversation.common.words import say_saved
from bot.conversation.message import Message
from bot.conversation.screen import Button, Screen, Words, data, esc, lines, paragraphs
from bot.conversation.widgets import write_rows
from bot.protocol.red_flags.flags import RED_FLAGS, RedFlag
from bot.training.messages import RedFlagAdvice
from bot.training.messages import RedFlagQuestions as RedFlagScreen
from bot.training.red_flags.messages import NONE, NONE_AWAY, NONE_BANDLESS, NoFlags
from bot.training.session.phrases import say_locked

WORDS: Final = Words()
_ANY_FLAG: Final = RedFlag("", "", "", "Be seen by a doctor today.")
"""What to do about a flag that the catalogue does not have any more."""
_EMERGENCIES: Final = frozenset({"saddle", "clot"})
_NUMBERS: Final = "112 in Europe, 911 in North America, 000 in Australia"
_NOW: Final = f"Your emergency number, for example: {_NUMBERS}."
WORSE: Final = f"If it gets worse, call your emergency number ({_NUMBERS})."
_WHY: Final = {
    "pain": "Pain this high needs a short check.",
    "away": "You were away for a while: a short check first.",
    "screening": "These questions are still open. No hold starts until you answer them.",
    "typed": "Please tap the one you mean, so that I do not have to guess.",
    "words": "You mentioned something that may be a warning sign. A short check first.",
}
_OWN_WISH: Final = frozenset({"asked", "away", "screening", "typed"})
"""Asked in reply to the athlete, who looks at the chat."""
_BEGINS: Final = frozenset({"away", "screening"})
"""Asked when a session was to begin: with none of the signs it does."""


def red_flag_screen(intent: RedFlagScreen, _now: datetime) -> Screen:
    """Ask for red flags: numbered sentences, one button each, and none."""
    flags = list(enumerate(RED_FLAGS.values(), start=1))
    signs = (f"{number}. {esc(flag.signs)}." for number, flag in flags)
    noted = "" if intent.noted is None else say_saved(intent.noted)
    why = lines(noted, _WHY.get(intent.why, ""))
    text = paragraphs(why, "<b>Do you have any of these?</b>", lines(*signs))
    rows = [
        (Button(f"{number} · {flag.short}", data("F", flag.id, intent.stamp)),)
        for number, flag in flags
    ]
    begins = NONE_BANDLESS if intent.bandless else NONE_AWAY
    none = begins if intent.why in _BEGINS else NONE
    last = Button("None of these", data("F", none, intent.stamp))
    return Screen(text=text, rows=(*rows, (last,)), rings=intent.why not in _OWN_WISH)


def red_flag_advice(intent: RedFlagAdvice, _now: datetime) -> Screen:
    """Say what to do now, first; then why, and what happens to the sessions."""
    flag = RED_FLAGS.get(intent.flag, _ANY_FLAG)
    text = paragraphs(
        f"<b>{esc(flag.action)}</b>",
        f"You reported: {esc(flag.signs[:1].lower() + flag.signs[1:])}." if flag.signs else "",
        f"{_NOW if flag.id in _EMERGENCIES else WORSE} Do not wait for an answer here.",
        lines("No holds for now.", say_locked(has_coach=intent.has_coach)),
    )
    return Screen(text=text, rows=write_rows(intent.readers), rings=True)


@WORDS.of(NoFlags)
def _no_flags(said: NoFlags, _now: datetime) -> Screen:
    return Screen(
        text=lines(
            "Noted: none of these signs. If one appears, send /flag at once.",
            "Your sessions stay locked until your coach unlocks them." if said.locked else "",
        )
    )


RED_FLAG_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {
    RedFlagScreen: red_flag_screen,
    RedFlagAdvice: red_flag_advice,
}
