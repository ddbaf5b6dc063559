"""The steps' buttons: what each value of a step means."""

from collections.abc import Callable
from typing import Final

from bot.accounts.enrolment.finish import finish
from bot.accounts.enrolment.form import (
    Form,
    Step,
    ask,
    end,
    form_of,
    go_back,
    go_on,
    save,
    tell,
    tick,
    unasked,
)
from bot.accounts.enrolment.messages import (
    ConsentDeclined,
    EnrolmentCancelled,
    RefusedForRedFlag,
    UnderAge,
    ZoneCheckQuestion,
    ZoneClockQuestion,
    ZoneLocationQuestion,
    ZonePlaceQuestion,
)
from bot.conversation import schedule_input, zone_input
from bot.conversation.common.messages import Inactive
from bot.conversation.interaction import Interaction
from bot.conversation.message import Reply
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
from bot.protocol.calendar.recurrence import RecurrenceError
from bot.protocol.dose.dose import Side
from bot.protocol.red_flags.flags import RED_FLAGS
from bot.store import agreed


def press(turn: Interaction, step: str, value: str) -> None:
    """A button of the enrolment; one of another step or with a forged value has expired."""
    form = form_of(turn)
    if form is None or form.step != step or not take(turn, form, value):
        _stale(turn, form)


def _stale(turn: Interaction, form: Form | None) -> None:
    """Take the buttons off an old message; but a double tap must not disarm the open question."""
    shown = None if form is None else form.answers.get("shown")
    if shown is not None and shown == turn.message_id:
        turn.answer(Inactive())
    else:
        turn.expired()


def take(turn: Interaction, form: Form, value: str) -> bool:
    """Do what a value of the open question means; False when it means nothing."""
    if value == "cancel":
        turn.answer()
        end(turn, form, EnrolmentCancelled())
    elif value == "back" and form.step is not Step.CONSENT:
        turn.answer()
        go_back(turn, form)
    else:
        return _PRESSED[form.step](turn, form, value)
    return True


def _press_consent(turn: Interaction, form: Form, value: str) -> bool:
    if value not in {"agree", "no"}:
        return False
    turn.answer()
    if value == "no":
        end(turn, form, ConsentDeclined())
        return True
    form.agree(turn.now)
    go_on(turn, form)
    return True


def _press_coach(turn: Interaction, form: Form, value: str) -> bool:
    """An answer is about the coach who stands on the button."""
    answer, _, coach = value.partition(":")
    asked = unasked(turn, form)
    if answer not in {"yes", "no"} or asked is None or coach not in {"", str(asked.id)}:
        return False
    turn.answer()
    version = agreed.SHARING if answer == "yes" else ""
    form.answers["shares"] = form.shares | {str(asked.id): version}
    go_on(turn, form)
    return True


def _press_adult(turn: Interaction, form: Form, value: str) -> bool:
    if value not in {"yes", "no"}:
        return False
    turn.answer()
    if value == "no":
        end(turn, form, UnderAge())
    else:
        go_on(turn, form)
    return True


def _press_red_flags(turn: Interaction, form: Form, value: str) -> bool:
    if value != "none" and value not in RED_FLAGS:
        return False
    turn.answer()
    if value == "none":
        go_on(turn, form)
    else:
        end(turn, form, RefusedForRedFlag(value, by_link=form.row.invite_id is not None))
    return True


def _press_side(turn: Interaction, form: Form, value: str) -> bool:
    if value not in set(Side):
        return False
    turn.answer()
    form.answers["side"] = value
    go_on(turn, form)
    return True


def _press_zone(turn: Interaction, form: Form, value: str) -> bool:
    found = zone_input.zone_pressed(value, turn.now)
    if found is None:
        return False
    turn.answer()
    take_zone(turn, form, found)
    return True


def take_zone(turn: Interaction, form: Form, found: Shown | Chosen) -> None:
    """Take the zone, or show the next screen about it."""
    match found:
        case Chosen(zone):
            form.answers["zone"] = zone
            go_on(turn, form)
        case AskZone(problem):
            ask(turn, form, None if problem is None else Unclear(problem))
        case AskLocation():
            turn.say(ZoneLocationQuestion())
            form.answers["keyboard"] = True
            save(turn, form)
        case AskClock(offsets):
            _ask_more(turn, form, ZoneClockQuestion(offsets))
        case AskPlace(guesses, problem):
            _ask_more(turn, form, ZonePlaceQuestion(guesses, problem), guesses=guesses)
        case AskIfRight(zone):
            _ask_more(turn, form, ZoneCheckQuestion(zone), checking=zone)


def _ask_more(
    turn: Interaction,
    form: Form,
    reply: Reply,
    *,
    checking: str | None = None,
    guesses: tuple[CityGuess, ...] = (),
) -> None:
    """Show a screen about the zone; a typed yes takes `checking`, a typed choice is a guess."""
    form.answers["checking"], form.answers["guesses"] = checking, guesses
    tell(turn, form, reply)
    save(turn, form)


def _press_days(turn: Interaction, form: Form, value: str) -> bool:
    found = schedule_input.days_pressed(value)
    if found is None:
        return False
    turn.answer()
    days, done = found
    if done:
        form.answers["days"] = days
        go_on(turn, form)
    else:
        tick(turn, form, days)
    return True


def _press_time(turn: Interaction, form: Form, value: str) -> bool:
    times = schedule_input.times_of(value)
    if times is None:
        return False
    turn.answer()
    take_times(turn, form, times)
    return True


def take_times(turn: Interaction, form: Form, times: str) -> None:
    """Take the times if a schedule can be made of them."""
    try:
        schedule_input.schedule(form.answers["days"], times, form.answers["zone"])
    except RecurrenceError as why:
        ask(turn, form, Unclear(f"{why} Write 07:30, or 07:30 and 18:00."))
        return
    form.answers["times"] = times
    go_on(turn, form)


def _press_confirm(turn: Interaction, form: Form, value: str) -> bool:
    if value != "finish":
        return False
    turn.answer()
    finish(turn, form)
    return True


_PRESSED: Final[dict[Step, Callable[[Interaction, Form, str], bool]]] = {
    Step.CONSENT: _press_consent,
    Step.COACH: _press_coach,
    Step.ADULT: _press_adult,
    Step.RED_FLAGS: _press_red_flags,
    Step.SIDE: _press_side,
    Step.ZONE: _press_zone,
    Step.DAYS: _press_days,
    Step.TIME: _press_time,
    Step.CONFIRM: _press_confirm,
}
