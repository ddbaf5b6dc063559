"""Words and buttons of the enrolment's questions."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from bot.conversation import widgets
from bot.conversation.screen import Button, Screen, Style, data, esc
from bot.conversation.widgets import Data, Row, Values, Words, plain, problem
from bot.protocol.calendar.local_time import say_time
from bot.protocol.red_flags.flags import RED_FLAGS


def _value(step: str) -> Data:
    return lambda value: data("e", step, value)


def _nav(step: str, *, back: bool = True) -> Row:
    cancel = Button("Cancel", data("e", step, "cancel"))
    return (Button("Back", data("e", step, "back")), cancel) if back else (cancel,)


# ---- the questions --------------------------------------------------------------------


_CONSENT_TEXT: Final = (
    "<b>Holdfast</b> walks you through daily isometric holds for upper-hamstring pain, "
    "and stops the set when the pain is too much.\n\n"
    "<b>What is stored:</b> your name, your Telegram id, your pain answers, your holds and your "
    "schedule. Pain answers are health data, so we ask first.\n\n"
    "<b>Where messages travel:</b> over Telegram's servers. Chats with a bot are not end-to-end "
    "encrypted.\n\n"
    "<b>What this is not:</b> no doctor, no diagnosis, no emergency service, and no promise of "
    "relief. For anything urgent call your local emergency number.\n\n"
    "You can take a copy with /export and erase everything with /erase at any time. A coach sees "
    "nothing unless you agree to that coach separately.\n\n"
    "Do you agree that this is stored and used to guide your holds?"
)


def _consent(values: Values, _now: datetime) -> Screen:
    name = values.get("name")
    hello = f"Hello, <b>{esc(name)}</b>.\n\n" if name else ""
    value = _value("consent")
    rows = (
        (Button("Agree", value("agree"), Style.SUCCESS), Button("No thanks", value("no"))),
        _nav("consent", back=False),
    )
    return Screen(text=f"{problem(values)}{hello}{_CONSENT_TEXT}", rows=rows)


def _adult(values: Values, _now: datetime) -> Screen:
    value = _value("adult")
    answers = (Button("Yes, 18 or older", value("yes")), Button("No", value("no")))
    return Screen(text=f"{problem(values)}Are you 18 or older?", rows=(answers, _nav("adult")))


def _red_flags(values: Values, _now: datetime) -> Screen:
    value = _value("red_flags")
    listed = "\n".join(
        f"{number}. {esc(flag.signs)}" for number, flag in enumerate(RED_FLAGS.values(), start=1)
    )
    buttons = [
        (Button(f"{number}. {flag.short}", value(flag.id)),)
        for number, flag in enumerate(RED_FLAGS.values(), start=1)
    ]
    none = (Button("None of these", value("none")),)
    return Screen(
        text=(
            f"{problem(values)}<b>Before you start: do you have any of these?</b>\n\n{listed}\n\n"
            "Choose it, or the number; with several, the one that worries you most."
        ),
        rows=(*buttons, none, _nav("red_flags")),
    )


def _red_flag(values: Values, _now: datetime) -> Screen:
    flag = RED_FLAGS[values["flag"]]
    again = "open your link again" if values["by_link"] else "send /start again"
    return Screen(
        text=(
            f"<b>{esc(flag.action)}</b>\n\nYou chose: {esc(flag.signs)}. "
            "Holds have to wait for that; this bot can neither judge it nor call for help.\n\n"
            "You are not enrolled now, and your answers were not kept. Once you have been seen "
            f"and were told that exercise is fine, {again}."
        ),
        rings=True,
    )


def _side(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=f"{problem(values)}Which side do you want to train? With both, left comes first.",
        rows=(*widgets.side_rows(_value("side")), _nav("side")),
    )


def _zone(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"{problem(values)}Where do you live? Reminders follow your local clock.\n\n"
            "Type your city, for example Lyon, or choose:"
        ),
        rows=(*widgets.zone_rows(_value("zone")), _nav("zone")),
    )


def _zone_part(part: Callable[[Values, datetime, Data], tuple[str, tuple[Row, ...]]]) -> Words:
    def words(values: Values, now: datetime) -> Screen:
        text, rows = part(values, now, _value("zone"))
        return Screen(text=text, rows=(*rows, _nav("zone")))

    return words


def _days(values: Values, _now: datetime) -> Screen:
    draft = values.get("draft")
    ticked = values.get("days") or "" if draft is None else draft
    return Screen(
        text=(
            f"{problem(values)}On which days do you want to hold? "
            "Choose a set, tick single days, or type them, for example mon-fri."
        ),
        rows=(*widgets.day_rows(ticked, _value("days")), _nav("days")),
    )


def _time(values: Values, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"{problem(values)}At what time should I remind you? "
            "Choose, or type it, for example 6:45 pm. Two a day: 07:30 and 18:00."
        ),
        rows=(*widgets.time_rows(_value("time")), _nav("time")),
    )


def _confirm(values: Values, now: datetime) -> Screen:
    zone = values["zone"]
    finish = Button("Finish", data("e", "confirm", "finish"), Style.SUCCESS)
    return Screen(
        text=(
            f"{problem(values)}<b>Is this right?</b>\n\n"
            f"Name: {esc(values['name'])}\n"
            f"Side: {widgets.SIDES[values['side']].lower()}\n"
            f"Days: {widgets.say_days(values['days'])}\n"
            f"Time: {widgets.say_times(values['times'])}\n"
            f"Zone: {esc(zone)}, {say_time(now, zone)} now\n\n"
            "You begin with 5 holds of 10 seconds. All of it can be changed later in /settings."
        ),
        rows=((finish,), _nav("confirm")),
    )


def _link_gone(_values: Values, _now: datetime) -> Screen:
    finish = Button("Try again", data("e", "confirm", "finish"))
    return Screen(
        text=(
            "This link has been used or has expired meanwhile, so you are not enrolled yet. "
            "Ask your coach for a new one and open it here: your answers are kept."
        ),
        rows=((finish,), _nav("confirm")),
    )


def _done(values: Values, now: datetime) -> Screen:
    next_at = values["next_at"]
    when = "" if next_at is None else widgets.say_moment(next_at, values["zone"], now)
    quiet = values["quiet"]
    made = f"Your quiet hours are {quiet} now, so that the reminder can ring.\n\n" if quiet else ""
    return Screen(
        text=(
            f"You are in, <b>{esc(values['name'])}</b>. Next session: <b>{when}</b>.\n\n{made}"
            "I will remind you then. /session starts one now, /help shows everything else. "
            "Write stop at any time to end a hold."
        )
    )


_AGAIN: Final = "If you change your mind, open the link again."

SAY_ENROL: Final[dict[str, Words]] = {
    "enrol_consent": _consent,
    "enrol_adult": _adult,
    "enrol_red_flags": _red_flags,
    "enrol_red_flag": _red_flag,
    "enrol_side": _side,
    "enrol_zone": _zone,
    "enrol_zone_clock": _zone_part(widgets.clock),
    "enrol_zone_pick": _zone_part(widgets.pick),
    "enrol_zone_check": _zone_part(widgets.check),
    "enrol_zone_location": widgets.location,
    "location_off": widgets.location_off,
    "enrol_days": _days,
    "enrol_time": _time,
    "enrol_confirm": _confirm,
    "enrol_link_gone": _link_gone,
    "enrol_done": _done,
    "enrol_cancelled": plain(f"Cancelled. Nothing was kept. {_AGAIN}"),
    "enrol_declined": plain(f"That is fine. Nothing was kept. {_AGAIN}"),
    "enrol_under_age": plain(
        "Thank you for being honest. Holdfast is for adults only: below 18, bones are still "
        "growing and pain at the sit-bone needs a doctor's look first. Nothing was kept."
    ),
}
"""Topic → words, for everything that enrolments say."""
