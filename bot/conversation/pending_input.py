"""What a person's next text is taken as, where something was asked for. It survives a restart.

An account has one row for it, in the table of enrolments: `step` names what is awaited, `answers`
is JSON. Only this module knows how; everybody else sees one of the values below. An enrolment
under way is never disturbed, and waits until it is forgotten; anything else waits a while.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlmodel import Session as Db

from bot.conversation.common.messages import LocationButtonOff
from bot.conversation.interaction import Interaction
from bot.conversation.zone_input import CityGuess
from bot.store.tables import EnrolmentRow

WAIT: Final = timedelta(minutes=15)
"""How long a text completes a command, or is the value of a setting."""
_COMMAND: Final = "command:"
_CHOICE: Final = "choice:"
_SETTING: Final = "settings:"
_ZONE: Final = "zone"


@dataclass(frozen=True, slots=True)
class Joining:
    """An enrolment: the text answers its open `step`."""

    step: str
    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HalfCommand:
    """A command that was asked for half: the text follows these words of it."""

    command: str
    words: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Which part of typed words is not clear: `choices` can stand between `before` and `after`."""

    choices: tuple[str, ...]
    before: str = ""
    after: str = ""


class Takes(StrEnum):
    """Which texts answer an open question of a command."""

    ANY = "any"  # what is none of the choices stands in the place of what was not clear
    TIMES = "times"  # the same, if it is about days or times
    DAYS = "days"  # the same, but for a number alone: it may be a pain
    LISTED = "listed"  # one of the choices alone
    NUMBER = "number"  # a number, with its unit or without, and nothing else


@dataclass(frozen=True, slots=True)
class WhichCommand:
    """A command that asked which of several is meant.

    `labels` are what the text may choose by, `partly` by some words of one. `words` are those of
    the command with each of them.
    """

    command: str
    labels: tuple[str, ...]
    words: tuple[str, ...]
    takes: Takes
    before: str = ""
    after: str = ""
    partly: bool = False


@dataclass(frozen=True, slots=True)
class SettingValue:
    """The text is the value of a setting; of the zone there is `ZoneAnswer`.

    With a `doubt` it may be one of its choices, within what was typed before.
    """

    item: str
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class ZoneAnswer:
    """The text is a zone, after /zone or in the settings; a yes takes the zone `checking`.

    It may be one of the `guesses`. With `keyboard` there is a button on the screen that shares the
    location.
    """

    checking: str | None = None
    keyboard: bool = False
    guesses: tuple[CityGuess, ...] = ()


Pending = Joining | HalfCommand | WhichCommand | SettingValue | ZoneAnswer


def waiting(turn: Interaction) -> Pending | None:
    """Return what this person's next text is taken as, if anything waits for it still."""
    row = row_of(turn)
    found = read(row)
    if row is None:
        return None
    in_time = isinstance(found, Joining) or turn.now - row.updated_at <= WAIT
    return found if in_time else None


def asked_at(turn: Interaction) -> datetime | None:
    """Return since when something waits, however long ago that was."""
    row = row_of(turn)
    return None if row is None else row.updated_at


def asks_zone(step: str | None) -> bool:
    """Whether a zone, or a place in a schedule, is awaited at this stored step."""
    return step in {_ZONE, f"{_SETTING}{_ZONE}", f"{_CHOICE}schedule"}


def wait_for(
    turn: Interaction, pending: HalfCommand | WhichCommand | SettingValue | ZoneAnswer
) -> None:
    """Take the next text as this from now on, unless an enrolment is under way."""
    row = row_of(turn)
    if isinstance(read(row), Joining):
        return
    row = row or EnrolmentRow(
        telegram_id=turn.who.telegram_id, name=turn.who.name, step="", updated_at=turn.now
    )
    write(turn, row, pending)


def take_command(turn: Interaction) -> HalfCommand | WhichCommand | None:
    """Return the command that waits for a text; it waits no longer."""
    row = row_of(turn)
    found = read(row)
    if row is None or not isinstance(found, HalfCommand | WhichCommand):
        return None
    forget(turn.db, row.telegram_id)
    return found if turn.now - row.updated_at <= WAIT else None


def stop_waiting(turn: Interaction) -> None:
    """Await no setting and no zone any more; a location button on the screen goes."""
    found = read(row_of(turn))
    if not isinstance(found, SettingValue | ZoneAnswer):
        return
    if isinstance(found, ZoneAnswer) and found.keyboard:
        turn.say(LocationButtonOff())
    forget(turn.db, turn.who.telegram_id)


def has_location_button(turn: Interaction) -> bool:
    """Whether a zone's screen shows a button that shares the location."""
    found = read(row_of(turn))
    return isinstance(found, ZoneAnswer) and found.keyboard


def forget(db: Db, account: int) -> None:
    """Await nothing of an account any more, not even an enrolment's answers."""
    row = db.get(EnrolmentRow, account)
    if row is not None:
        db.delete(row)
        db.flush()


# ---- how it is stored -----------------------------------------------------------------


def row_of(turn: Interaction) -> EnrolmentRow | None:
    """Return the account's row, if there is one; an enrolment keeps its name and link there."""
    return None if turn.who.step is None else turn.db.get(EnrolmentRow, turn.who.telegram_id)


def write(turn: Interaction, row: EnrolmentRow, pending: Pending) -> None:
    """Store in the account's row what is awaited from now on."""
    found: Any
    match pending:
        case Joining(step, answers):
            row.step, found = step, answers
        case HalfCommand(command, words):
            row.step, found = f"{_COMMAND}{command}", words
        case WhichCommand(command):
            row.step, found = f"{_CHOICE}{command}", asdict(pending)
        case SettingValue(item, doubt):
            row.step, found = f"{_SETTING}{item}", {} if doubt is None else asdict(doubt)
        case ZoneAnswer(checking, keyboard, guesses):
            row.step = f"{_SETTING}{_ZONE}"
            found = {"keyboard": True} if keyboard else {"checking": checking}
            found |= {"guesses": guesses} if guesses else {}
    row.answers, row.updated_at = json.dumps(found), turn.now
    turn.db.add(row)
    turn.db.flush()
    turn.who = replace(turn.who, step=row.step)


def read(row: EnrolmentRow | None) -> Pending | None:
    """Return what the account's row awaits, however long ago it was asked for."""
    if row is None:
        return None
    found: Any = json.loads(row.answers)
    if row.step.startswith(_COMMAND):
        return HalfCommand(row.step.removeprefix(_COMMAND), found)
    if row.step.startswith(_CHOICE):
        each = {key: tuple(found[key]) for key in ("labels", "words")}
        return WhichCommand(**(found | each | {"takes": Takes(found["takes"])}))
    if not row.step.startswith(_SETTING):
        return Joining(row.step, found)
    item = row.step.removeprefix(_SETTING)
    if item == _ZONE:
        return ZoneAnswer(found.get("checking"), found.get("keyboard", False), guesses_of(found))
    return SettingValue(item, doubt_of(found))


def doubt_of(answers: dict[str, Any]) -> Doubt | None:
    """Return the doubt that is stored among answers, if one is."""
    if "choices" not in answers:
        return None
    return Doubt(tuple(answers["choices"]), answers["before"], answers["after"])


def guesses_of(answers: dict[str, Any]) -> tuple[CityGuess, ...]:
    """Return the places that were offered, as they are stored among answers."""
    return tuple(CityGuess(*one) for one in answers.get("guesses", ()))
