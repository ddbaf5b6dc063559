"""Words and buttons of the enrolment's questions."""

from datetime import datetime
from typing import Final

from bot.accounts.enrolment.messages import (
    AdultQuestion,
    CoachQuestion,
    ConfirmQuestion,
    ConsentDeclined,
    ConsentQuestion,
    DaysQuestion,
    Enrolled,
    EnrolmentCancelled,
    LinkGone,
    RedFlagsQuestion,
    RefusedForRedFlag,
    SideQuestion,
    TimeQuestion,
    UnderAge,
    ZoneCheckQuestion,
    ZoneClockQuestion,
    ZoneLocationQuestion,
    ZonePlaceQuestion,
    ZoneQuestion,
)
from bot.accounts.phrases import run_by
from bot.accounts.sharing.words import say_what_is_shared
from bot.conversation import widgets
from bot.conversation.screen import Button, Row, Screen, Style, Words, data, esc, in_one_line
from bot.conversation.widgets import Data, problem
from bot.programme.sound.words import TRY_BUTTON
from bot.protocol.calendar.local_time import say_time
from bot.protocol.red_flags.flags import RED_FLAGS
from bot.training.pain_keyboard import SITTING_BONE

WORDS: Final = Words()


def _value(step: str) -> Data:
    return lambda value: data("e", step, value)


def _nav(step: str, *, back: bool = True) -> Row:
    cancel = Button("Cancel", data("e", step, "cancel"))
    return (Button("Back", data("e", step, "back")), cancel) if back else (cancel,)


# ---- the questions --------------------------------------------------------------------

_CONSENT_TEXT: Final = (
    "<b>Holdfast</b> walks you through daily isometric holds for upper-hamstring pain, "
    "and stops the set when the pain is too much.\n\n{run_by}\n\n"
    "<b>What is stored:</b> your name, your Telegram id, your pain answers, your holds, your "
    "schedule, what you note of other sport, typed or by a watch's file, and your weekly answers. "
    "Pain answers are health data, so we ask first.\n\n"
    "<b>Where messages travel:</b> over Telegram's servers. Chats with a bot are not end-to-end "
    "encrypted.\n\n"
    "<b>What this is not:</b> no doctor, no diagnosis, no emergency service, and no promise of "
    "relief. For anything urgent call your local emergency number.\n\n"
    "You can take a copy with /export and erase everything with /erase at any time. A coach sees "
    "nothing unless you agree to that coach separately.\n\n"
    "Do you agree that this is stored and used to guide your holds?"
)


@WORDS.of(ConsentQuestion)
def _consent(said: ConsentQuestion, _now: datetime) -> Screen:
    hello = f"Hello, <b>{esc(said.name)}</b>.\n\n" if said.name else ""
    value = _value("consent")
    rows = (
        (Button("Agree", value("agree"), Style.SUCCESS), Button("No thanks", value("no"))),
        _nav("consent", back=False),
    )
    text = _CONSENT_TEXT.format(run_by=run_by(said.operator, said.contact))
    return Screen(text=f"{problem(said.problem)}{hello}{text}", rows=rows)


@WORDS.of(CoachQuestion)
def _coach(said: CoachQuestion, _now: datetime) -> Screen:
    """Ask in the words in which an athlete is asked later, too."""
    value = _value("coach")
    yes = Button(
        in_one_line(f"Yes, share with {said.coach}"),
        value(f"yes:{said.coach_id}"),
        Style.SUCCESS,
    )
    no = Button("No", value(f"no:{said.coach_id}"))
    return Screen(
        text=f"{problem(said.problem)}{say_what_is_shared(said.coach)}",
        rows=((yes,), (no,), _nav("coach")),
    )


@WORDS.of(AdultQuestion)
def _adult(said: AdultQuestion, _now: datetime) -> Screen:
    value = _value("adult")
    answers = (Button("Yes, 18 or older", value("yes")), Button("No", value("no")))
    return Screen(
        text=f"{problem(said.problem)}Are you 18 or older?", rows=(answers, _nav("adult"))
    )


@WORDS.of(RedFlagsQuestion)
def _red_flags(said: RedFlagsQuestion, _now: datetime) -> Screen:
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
            f"{problem(said.problem)}<b>Before you start: do you have any of these?</b>\n\n"
            f"{listed}\n\n"
            "Tap it, or type its number. If there are several, choose the one that worries you "
            "most."
        ),
        rows=(*buttons, none, _nav("red_flags")),
    )


@WORDS.of(RefusedForRedFlag)
def _red_flag(said: RefusedForRedFlag, _now: datetime) -> Screen:
    flag = RED_FLAGS[said.flag]
    again = "open your link again" if said.by_link else "send /start again"
    return Screen(
        text=(
            f"<b>{esc(flag.action)}</b>\n\nYou chose: {esc(flag.signs)}. "
            "Holds have to wait for that. This bot cannot judge it, and cannot call for help.\n\n"
            "You are not enrolled now, and your answers were not kept. Once you have been seen "
            f"and told that exercise is fine, {again}."
        ),
        rings=True,
    )


@WORDS.of(SideQuestion)
def _side(said: SideQuestion, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"{problem(said.problem)}Which side do you want to train? With both, left comes first."
        ),
        rows=(*widgets.side_rows(_value("side")), _nav("side")),
    )


@WORDS.of(ZoneQuestion)
def _zone(said: ZoneQuestion, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"{problem(said.problem)}Where do you live? Reminders follow your local clock.\n\n"
            "Type your city, for example Lyon, or choose:"
        ),
        rows=(*widgets.zone_rows(_value("zone")), _nav("zone")),
    )


@WORDS.of(ZoneClockQuestion)
def _zone_clock(said: ZoneClockQuestion, now: datetime) -> Screen:
    text, rows = widgets.clock(said.offsets, now, _value("zone"))
    return Screen(text=text, rows=(*rows, _nav("zone")))


@WORDS.of(ZonePlaceQuestion)
def _zone_place(said: ZonePlaceQuestion, now: datetime) -> Screen:
    text, rows = widgets.pick(said.guesses, said.problem, now, _value("zone"))
    return Screen(text=text, rows=(*rows, _nav("zone")))


@WORDS.of(ZoneCheckQuestion)
def _zone_check(said: ZoneCheckQuestion, now: datetime) -> Screen:
    text, rows = widgets.check(said.zone, now, _value("zone"))
    return Screen(text=text, rows=(*rows, _nav("zone")))


@WORDS.of(ZoneLocationQuestion)
def _zone_location(_said: ZoneLocationQuestion, _now: datetime) -> Screen:
    return widgets.location()


@WORDS.of(DaysQuestion)
def _days(said: DaysQuestion, _now: datetime) -> Screen:
    ticked = said.days or "" if said.draft is None else said.draft
    return Screen(
        text=(
            f"{problem(said.problem)}On which days do you want to train? "
            "Choose a set, tick single days, or type them, for example mon-fri."
        ),
        rows=(
            *widgets.meant(said.choices, _value("days"), widgets.say_days),
            *widgets.day_rows(ticked, _value("days")),
            _nav("days"),
        ),
    )


@WORDS.of(TimeQuestion)
def _time(said: TimeQuestion, _now: datetime) -> Screen:
    return Screen(
        text=(
            f"{problem(said.problem)}At what time should I remind you? "
            "Choose, or type it, for example 6:45 pm. Two a day: 07:30 and 18:00."
        ),
        rows=(
            *(
                widgets.meant(said.choices, _value("time"), widgets.say_times)
                or widgets.time_rows(_value("time"))
            ),
            _nav("time"),
        ),
    )


@WORDS.of(ConfirmQuestion)
def _confirm(said: ConfirmQuestion, now: datetime) -> Screen:
    finish = Button("Finish", data("e", "confirm", "finish"), Style.SUCCESS)
    return Screen(
        text=(
            f"{problem(said.problem)}<b>Is this right?</b>\n\n"
            f"Name: {esc(said.name)}\n"
            f"Side: {widgets.SIDES[said.side].lower()}\n"
            f"Days: {widgets.say_days(said.days)}\n"
            f"Time: {widgets.say_times(said.times)}\n"
            f"Zone: {esc(said.zone)}, {say_time(now, said.zone)} now\n\n"
            "You begin with 5 holds of 10 seconds. "
            "Side, days, time and zone can be changed later in /settings."
        ),
        rows=((finish,), _nav("confirm")),
    )


@WORDS.of(LinkGone)
def _link_gone(_said: LinkGone, _now: datetime) -> Screen:
    finish = Button("Try again", data("e", "confirm", "finish"))
    return Screen(
        text=(
            "This link has been used or has expired since, so you are not enrolled yet. "
            "Ask your coach for a new one and open it here: your answers are kept."
        ),
        rows=((finish,), _nav("confirm")),
    )


@WORDS.of(Enrolled)
def _done(said: Enrolled, now: datetime) -> Screen:
    planned, remind = "No session is planned: /settings sets your days and time.", ""
    if said.next_at is not None:
        planned = f"Next session: <b>{widgets.say_moment(said.next_at, said.zone, now)}</b>."
        remind = "I will remind you then. "
    room = f"Your quiet hours are {said.quiet} now, so that the reminder can ring.\n\n"
    made = room if said.quiet else ""
    return Screen(
        text=(
            f"You are in, <b>{esc(said.name)}</b>. {planned}\n\n{made}"
            f"{remind}/session starts one now, /help shows everything else. "
            "Write stop at any time to end a hold.\n\n"
            f"I will ask about the pain at {SITTING_BONE}.\n\n"
            "Holds are cued by messages. They can be cued by sound instead, so that you need not "
            "look at the phone."
        ),
        rows=((TRY_BUTTON,),),
    )


_AGAIN: Final = "If you change your mind, open the link again."
WORDS.plain(EnrolmentCancelled, f"Cancelled. Nothing was kept. {_AGAIN}")
WORDS.plain(ConsentDeclined, f"That is fine. Nothing was kept. {_AGAIN}")
WORDS.plain(
    UnderAge,
    "Thank you for being honest. Holdfast is for adults only: below 18, bones are still "
    "growing and pain at the sitting bone needs to be seen by a doctor first. Nothing was kept.",
)
