"""The screens: everything that is set, the choices for one item, and a change as it was stored."""

from collections.abc import Callable
from typing import Final

from bot.conversation.common.messages import LocationButtonOff, NotAllowed
from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply
from bot.conversation.pending_input import (
    SettingValue,
    ZoneAnswer,
    has_location_button,
    stop_waiting,
    wait_for,
)
from bot.conversation.which import Unclear
from bot.conversation.zone_input import (
    AskClock,
    AskIfRight,
    AskLocation,
    AskPlace,
    AskZone,
    Chosen,
    CityGuess,
    Shown,
)
from bot.programme.settings.messages import (
    CuesSetting,
    DaysSetting,
    QuietSetting,
    SettingsChanged,
    SettingsShown,
    SideSetting,
    TimeSetting,
    ZoneSetting,
    ZoneSettingCheck,
    ZoneSettingClock,
    ZoneSettingLocation,
    ZoneSettingPlaces,
)
from bot.programme.settings.values import change, newest_change, snapshot
from bot.protocol.calendar.input_error import InputError
from bot.protocol.dose.dose import Side
from bot.protocol.session.state import Cues
from bot.store import people
from bot.store.tables import Role
from bot.training import occurrences, pauses

_Question = Callable[[dict[str, str], str | None, tuple[str, ...]], Reply]
"""From what is set, what was wrong with the last answer and what it may mean, to the question."""
_QUESTIONS: Final[dict[str, _Question]] = {
    "zone": lambda current, problem, _choices: ZoneSetting(current["zone"], problem),
    "days": lambda current, problem, choices: DaysSetting(
        current["days"], problem=problem, choices=choices
    ),
    "time": lambda current, problem, choices: TimeSetting(current["time"], problem, choices),
    "side": lambda current, problem, _choices: SideSetting(Side(current["side"]), problem),
    "cues": lambda current, problem, _choices: CuesSetting(Cues(current["cues"]), problem),
    "quiet": lambda current, problem, choices: QuietSetting(current["quiet"], problem, choices),
}


def show(turn: Interaction, *, problem: str | None = None) -> None:
    """/settings: everything that is set, each with a button."""
    if Role.ATHLETE not in turn.who.roles:
        turn.say(NotAllowed())
        return
    stop_waiting(turn)
    athlete, current = people.athlete(turn.db, turn.person_id), snapshot(turn.db, turn.person_id)
    pause = pauses.state(turn.db, turn.person_id, turn.now)
    turn.show(
        SettingsShown(
            zone=current["zone"],
            days=current["days"],
            time=current["time"],
            side=Side(current["side"]),
            cues=Cues(current["cues"]),
            quiet=current["quiet"],
            next_at=occurrences.next_at(turn.db, turn.person_id, turn.now),
            paused=pause.paused,
            back_on=pause.back_on,
            pause_from=pause.first_day,
            kept=pause.kept,
            locked=athlete.locked_at is not None,
            problem=problem,
        )
    )


def ask(turn: Interaction, item: str, why: Unclear | None = None) -> None:
    """Show the choices for an item, and take typed text as its value from now on.

    `why` is what was wrong with the last answer, and what it may mean.
    """
    problem, choices = (None, ()) if why is None else (why.problem, why.choices)
    tell(turn, _QUESTIONS[item](snapshot(turn.db, turn.person_id), problem, choices))
    doubt = None if why is None else why.doubt
    wait_for(turn, ZoneAnswer() if item == "zone" else SettingValue(item, doubt))


def tick(turn: Interaction, draft: str) -> None:
    """Show the days again, with those of `draft` ticked."""
    tell(turn, DaysSetting(snapshot(turn.db, turn.person_id)["days"], draft))
    wait_for(turn, SettingValue("days"))


def tell(turn: Interaction, reply: Reply) -> None:
    """Rewrite the pressed message, or send a new one; a location button goes away first."""
    if has_location_button(turn):
        turn.say(LocationButtonOff())
        turn.retire()
        turn.say(reply)
    else:
        turn.show(reply)


def apply(turn: Interaction, wanted: dict[str, str]) -> None:
    """Store a change and show it, before and after, with a button to change back."""
    try:
        changed = change(turn.db, turn.person_id, wanted, actor=turn.who.person_id, now=turn.now)
    except InputError as why:
        ask(turn, next(iter(wanted)), Unclear(str(why)))
        return
    if not changed.changes:
        show(turn)
        return
    stop_waiting(turn)
    newest = newest_change(turn.db, turn.person_id)
    back = None if newest is None else newest.id
    today = changed.today
    turn.show(
        SettingsChanged(
            changed.changes,
            changed.next_at,
            changed.zone,
            back,
            moved_to=today.moved_to,
            closed=today.closed,
        )
    )


def take_zone(turn: Interaction, found: Shown | Chosen) -> None:
    """Set the zone, or show the next screen about it."""
    match found:
        case Chosen(zone):
            apply(turn, {"zone": zone})
        case AskZone(problem):
            ask(turn, "zone", None if problem is None else Unclear(problem))
        case AskLocation():
            turn.say(ZoneSettingLocation())
            wait_for(turn, ZoneAnswer(keyboard=True))
        case AskClock(offsets):
            _ask_more(turn, ZoneSettingClock(offsets))
        case AskPlace(guesses, problem):
            _ask_more(turn, ZoneSettingPlaces(guesses, problem), guesses=guesses)
        case AskIfRight(zone):
            _ask_more(turn, ZoneSettingCheck(zone), checking=zone)


def _ask_more(
    turn: Interaction,
    reply: Reply,
    *,
    checking: str | None = None,
    guesses: tuple[CityGuess, ...] = (),
) -> None:
    """Show a screen about the zone; a typed yes takes `checking`, a typed choice is a guess."""
    tell(turn, reply)
    wait_for(turn, ZoneAnswer(checking, guesses=guesses))
