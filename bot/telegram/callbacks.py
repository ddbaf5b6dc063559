"""Buttons: what their data may hold, who may press them, and the use case behind each."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.accounts.enrolment import buttons as enrolment_buttons
from bot.accounts.invites import tokens
from bot.accounts.privacy import flow as privacy
from bot.coaching.relay import offers
from bot.coaching.weekly import decide
from bot.conversation.interaction import Interaction
from bot.conversation.roles import Role
from bot.programme.settings import buttons as settings_buttons
from bot.protocol.session.state import StopReason
from bot.training.checks import flow as checks
from bot.training.checks.messages import Asks
from bot.training.load import consent, diary, files
from bot.training.mornings import answers as morning_answers
from bot.training.overview import flow as overview
from bot.training.progression import step_up
from bot.training.red_flags import flow as red_flags
from bot.training.reminders import buttons as reminder_buttons
from bot.training.reminders import missed_days
from bot.training.reminders.messages import MissedReason, SkipReason
from bot.training.session import actions

Read = Callable[[list[str]], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Press:
    """One kind of button. `read` raises ValueError or KeyError for data that does not fit."""

    read: Read
    act: Callable[..., None]
    role: Role | None = Role.ATHLETE


def _fields(*readers: Callable[[str], Any]) -> Read:
    """Return a reader of exactly so many values."""

    def read(values: list[str]) -> tuple[Any, ...]:
        if len(values) != len(readers):
            raise ValueError(values)
        return tuple(reader(value) for reader, value in zip(readers, values, strict=True))

    return read


_NUMBER: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def _number(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(text)
    return int(text)


def _pain(text: str) -> int:
    value = _number(text)
    if not 0 <= value <= 10:  # noqa: PLR2004 - the scale
        raise ValueError(text)
    return value


def _answer(turn: Interaction, session: int, about: int, value: int) -> None:
    actions.answer_pain(turn, value, session, about)


def _occurrence(turn: Interaction, occurrence: int, what: str) -> None:
    if what == "start":
        actions.begin(turn, occurrence)
    elif what == "bandless":
        reminder_buttons.start_bandless(turn, occurrence)
    elif what == "noband":
        reminder_buttons.no_band(turn, occurrence)
    elif what in {"15", "60"}:
        reminder_buttons.snooze(turn, occurrence, int(what))
    elif what in {"skip", "unskip"}:
        reminder_buttons.skip(turn, occurrence, undo=what == "unskip")
    else:
        turn.expired()


def _step(values: list[str]) -> tuple[Any, ...]:
    step, value, *rest = values
    return step, ":".join([value, *rest])


def _item(values: list[str]) -> tuple[Any, ...]:
    item, *rest = values
    return item, ":".join(rest) if rest else None


_ABOUT: Final = 2
"""A button under a summary is about an athlete, and a plan of theirs."""


def _on_summary(values: list[str]) -> tuple[Any, ...]:
    what, *about = values
    if len(about) > _ABOUT:
        raise ValueError(values)
    return what, *map(_number, about)


def _sign(values: list[str]) -> tuple[Any, ...]:
    """Read an answer to the red-flag questions; older ones have no stamp."""
    sign, stamp = values if len(values) > 1 else (*values, "0")
    return sign, _number(stamp)


PRIVACY: Final = {
    "export": privacy.export,
    "erase": privacy.erase,
    "erase_yes": privacy.erase_confirm,
    "keep": privacy.erase_cancel,
}


def _privacy(turn: Interaction, what: str) -> None:
    PRIVACY[what](turn)


def _privacy_word(text: str) -> str:
    if text not in PRIVACY:
        raise ValueError(text)
    return text


def _diary_word(text: str) -> str:
    if text not in diary.WHAT | consent.ANSWERS | FILE_DAYS.keys():
        raise ValueError(text)
    return text


FILE_DAYS: Final = {f"f{ago}": ago for ago in range(7)}
"""Buttons that say on which day a file's outing was: so many days ago."""


def _diary(turn: Interaction, entry: int, what: str) -> None:
    if what in consent.ANSWERS:
        consent.answer(turn, what)
    elif what in FILE_DAYS:
        files.on_day(turn, FILE_DAYS[what])
    else:
        diary.press(turn, entry, what)


def _check_value(text: str) -> str:
    if text not in {checks.UNKNOWN, checks.AGAIN}:
        _number(text)
    return text


def _yes(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _step_up(turn: Interaction, athlete: int, plan: int, yes: bool) -> None:  # noqa: FBT001 - as it is read
    step_up.decide(turn, athlete, plan, yes=yes)


PRESSES: Final = {
    "p": Press(_fields(_number, _number, _pain), _answer),
    "x": Press(_fields(_number), actions.stop),
    "r": Press(_fields(_number, StopReason), actions.explain),
    "g": Press(_fields(_number, _number), actions.go_on),
    "f": Press(_fields(_number, _number), actions.finish),
    "l": Press(_fields(), actions.leave_line),
    "n": Press(_fields(_number), lambda turn, _session: red_flags.screen(turn)),
    "F": Press(_sign, red_flags.report),
    "o": Press(_fields(_number, str), _occurrence),
    "k": Press(_fields(_number, SkipReason), reminder_buttons.skip_reason),
    "q": Press(_fields(_pain), overview.pain_pressed),
    "t": Press(_fields(_number), offers.send, role=None),
    "m": Press(_fields(_number, _pain), morning_answers.answer),
    "ma": Press(_fields(_number), morning_answers.ask_again),
    "d": Press(_fields(_number, _diary_word), _diary),
    "h": Press(_fields(_number, Asks, _check_value), checks.press),
    "up": Press(_fields(_number, _number, _yes), _step_up, role=None),
    "y": Press(_fields(_number, MissedReason), missed_days.explain),
    "su": Press(_on_summary, decide.act, role=Role.COACH),
    "i": Press(_fields(_number), tokens.revoke, role=None),
    "v": Press(_fields(_privacy_word), _privacy, role=None),
    "e": Press(_step, enrolment_buttons.press, role=None),
    "s": Press(_item, settings_buttons.press),
}
