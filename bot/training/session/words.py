"""How a session looks while it runs: set up, HOLD, RELEASE, rest, questions, interruptions.

Each function takes a message and the moment of sending (aware UTC). The athlete stands on one
leg: a cue begins with its verb and is understood from the first line.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from bot.conversation.common.words import say_saved
from bot.conversation.message import Message
from bot.conversation.phrases import say_band, say_dose
from bot.conversation.screen import (
    Audio,
    Button,
    Screen,
    data,
    esc,
    lines,
    live_time,
    paragraphs,
    sentence,
)
from bot.protocol.calendar.local_time import say_time
from bot.protocol.session.events import BreakReason, Question
from bot.protocol.session.state import Interruption
from bot.sound.clips import HoldSound
from bot.training.messages import (
    Ask,
    Clip,
    GetSet,
    Hold,
    Interrupted,
    Noted,
    Release,
    ReleaseAgain,
    Rest,
    SetUp,
    Spot,
    StopAgain,
)
from bot.training.pain_keyboard import pain_rows, pain_text
from bot.training.session.ending_words import ENDING_SCREENS
from bot.training.session.phrases import (
    EASE,
    HOW,
    choice_rows,
    cue_spot,
    reason_rows,
    say_spot,
    seconds_until,
    stop_row,
)


def set_up(intent: SetUp, _now: datetime) -> Screen:
    """Show how to stand and how the first hold comes; ask for the pain right now."""
    dose = say_dose(intent.holds, intent.hold_s, intent.sets, intent.side)
    text = paragraphs(
        lines(
            f"<b>Set up: {esc(intent.exercise)}</b>",
            f"<b>{dose}</b>",
            say_band(intent.band, intent.band_label),
            f"Effort about {intent.effort} of 10. Keep breathing.",
        ),
        lines(*(f"• {esc(sentence(cue))}" for cue in intent.cues)),
        f"After your answer you have {intent.lead_in_s} s to get set, then HOLD comes.",
        pain_text(Question.BEFORE, intent.limit),
    )
    new = Button("Something new or worrying", data("n", intent.session))
    rows = pain_rows(intent.session, Question.BEFORE, intent.limit)
    return Screen(text=text, rows=(*rows, (HOW,), (new,), stop_row(intent.session)))


def get_set(intent: GetSet, now: datetime) -> Screen:
    """Show the lead-in, with the hold's time on the athlete's clock."""
    wait = f"{seconds_until(intent.hold_at, now)} s to get set"
    text = lines(
        f"<b>Get set · {cue_spot(intent.spot)}</b>",
        f"HOLD at {say_time(intent.hold_at, intent.zone, seconds=True)} "
        f"({live_time(intent.hold_at, wait)})",
    )
    return Screen(text=text, rows=(stop_row(intent.session),))


def hold(intent: Hold, now: datetime) -> Screen:
    """Cue the hold that begins `now`; its seconds stand in it, should RELEASE get lost."""
    ends_at = now + timedelta(seconds=intent.seconds)
    text = lines(
        f"<b>HOLD {cue_spot(intent.spot)} · {intent.seconds} s</b>",
        f"<b>{EASE}</b>" if intent.ease else "",
        f"Release: {live_time(ends_at, f'after {intent.seconds} s')}",
        esc(sentence(" · ".join((*intent.cues, "breathe")))) if intent.cues else "",
    )
    return Screen(text=text, rows=(stop_row(intent.session),), rings=True)


def clip(intent: Clip, _now: datetime) -> Screen:
    """Bring the hold as a sound, with its question below; the athlete plays it when ready."""
    rests = intent.wait_s > intent.lead_s
    text = paragraphs(
        lines(
            "" if intent.value is None else say_saved(intent.value),
            f"<b>{'Rest, then hold' if rests else 'Hold'} {cue_spot(intent.spot)}"
            f" · {intent.seconds} s</b>",
            _switch(intent.spot) if intent.switch else "",
            f"<b>{EASE}</b>" if intent.ease else "",
            f"Press play and put the phone down. HOLD comes after {intent.wait_s} s.",
        ),
        f"After RELEASE: {_lowered(pain_text(Question.AFTER, intent.limit))}",
    )
    rows = pain_rows(intent.session, Question.AFTER, intent.limit, intent.index)
    sound = HoldSound(intent.wait_s, intent.lead_s, intent.seconds, intent.switch, intent.ease)
    title = f"{f'Rest {intent.wait_s} s, h' if rests else 'H'}old {intent.seconds} s"
    return Screen(text=text, rows=(*rows, stop_row(intent.session)), audio=Audio(sound, title))


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def release(intent: Release, _now: datetime) -> Screen:
    """Cue the release and ask for the worst pain during that hold."""
    text = paragraphs(
        f"<b>RELEASE · {cue_spot(intent.spot)}</b>",
        pain_text(Question.AFTER, intent.limit),
    )
    rows = pain_rows(intent.session, Question.AFTER, intent.limit, intent.index)
    return Screen(text=text, rows=(*rows, stop_row(intent.session)), rings=True)


def stop_again(_intent: StopAgain, _now: datetime) -> Screen:
    """Say STOP once more: a HOLD came late, or may have; nobody knows which came last."""
    return Screen(text=lines("<b>STOP. Do not hold.</b>", _LATE), rings=True)


def release_again(intent: ReleaseAgain, _now: datetime) -> Screen:
    """Say RELEASE once more, for the same reason."""
    text = lines("<b>RELEASE. Rest.</b>", _LATE)
    return Screen(text=text, rows=(stop_row(intent.session),), rings=True)


_LATE: Final = "If a HOLD came late, ignore it: our fault, sorry."


def rest(intent: Rest, now: datetime) -> Screen:
    """Say that the answer is saved, and when and where the next hold comes."""
    text = lines(
        f"{say_saved(intent.value)} <b>Rest.</b>",
        _switch(intent.spot) if intent.switch else "",
        _next_hold(intent, now),
        f"Next hold: {EASE.lower()}" if intent.ease else "",
    )
    return Screen(text=text, rows=(stop_row(intent.session),))


def _switch(spot: Spot) -> str:
    side = spot.side.upper()
    return f"<b>Switch to your {side} side: move the band, if you use one.</b>"


def _next_hold(intent: Rest, now: datetime) -> str:
    ready_at = intent.hold_at - timedelta(seconds=intent.lead_in_s)
    ready = f"at {say_time(ready_at, intent.zone, seconds=True)}" if ready_at > now else "now"
    wait = live_time(intent.hold_at, f"{seconds_until(intent.hold_at, now)} s rest")
    at = say_time(intent.hold_at, intent.zone, seconds=True)
    return f"Get set {ready}, <b>HOLD {say_spot(intent.spot)}</b> at {at} ({wait})"


def noted(intent: Noted, _now: datetime) -> Screen:
    """Say that the answer is saved."""
    return Screen(text=say_saved(intent.value))


# ---- questions once more --------------------------------------------------------------

_OPENING: Final = {
    "nudge": "<b>Still there?</b> One answer is missing. Nothing starts without it.",
    "restart": "We had a short outage: our fault, sorry. One question is still open.",
    "undo": "Taken back. Please answer again.",
    "late": "That reached me late: Telegram or this bot was offline. So nothing goes on yet.",
    "reason": "You stopped because of pain – saved.",
    "again": "This question is still open.",
    "noted": "Your pain is saved. This question is still open.",
    "unclear": "I did not understand that. Please tap an answer, or type it.",
}
_STILL_HOLDING: Final = "<b>RELEASE</b>, if you are still holding."
_CALLS: Final = frozenset({"nudge", "restart"})
"""Asked by the bot itself, not in reply to the athlete: these ring."""


def ask(intent: Ask, _now: datetime) -> Screen:
    """Ask an open question of the session once more."""
    about = "" if intent.spot is None else f"<b>Hold {say_spot(intent.spot)}</b>"
    opening = _OPENING[intent.why]
    if (intent.question, intent.why) == (Question.AFTER, "restart"):
        opening = lines(_STILL_HOLDING, opening)  # RELEASE itself may have been lost
    text = paragraphs(opening, lines(about, _question(intent)))
    return Screen(text=text, rows=_answers(intent), rings=intent.why in _CALLS)


def _question(intent: Ask) -> str:
    if intent.question == Question.REASON:
        return "Why did you stop?"
    if intent.question == Question.CHOICE:
        return "Go on with the session, or finish for today?"
    return pain_text(intent.question, intent.limit)


def _answers(intent: Ask) -> tuple[tuple[Button, ...], ...]:
    """Return the question's buttons; STOP is among them until the athlete has stopped."""
    if intent.question == Question.REASON:
        return reason_rows(intent.session)
    if intent.question == Question.CHOICE:
        return choice_rows(intent.session, intent.number)
    rows = pain_rows(intent.session, intent.question, intent.limit, intent.index)
    return rows if intent.question == Question.STOP_PAIN else (*rows, stop_row(intent.session))


# ---- interruptions --------------------------------------------------------------------

_CUT: Final = {
    Interruption.RESTART: "We had a short outage: our fault, sorry.",
    Interruption.LATE: "A message could not be sent in time: our fault, sorry.",
    Interruption.SOUND: (
        "The sound could not be sent: our fault, sorry. Until this session ends, cues come as "
        "messages."
    ),
    Interruption.PAUSE: "Paused, as you asked.",
}
_WHY: Final = {
    BreakReason.WORDS: (
        "I did not understand that, so the set is paused. If it hurts, send the number."
    ),
    BreakReason.PAIN: "The set is paused: tell me first how much it hurts.",
    BreakReason.SIGNS: "The set is paused. First answer the questions about warning signs.",
}
"""What a break of the athlete's own comes from, where it was no plain wish."""


def interrupted(intent: Interrupted, _now: datetime) -> Screen:
    """Say what was cut, and let the athlete choose: go on or finish."""
    by_sound = intent.cut == Interruption.SOUND  # nobody knows whether it came after all
    spot, asks = say_spot(intent.spot), intent.why in {BreakReason.SIGNS, BreakReason.PAIN}
    text = paragraphs(
        lines(
            "<b>RELEASE. Rest.</b>" if intent.in_hold or by_sound else "<b>Rest.</b>",
            _WHY[BreakReason(intent.why)] if intent.why in _WHY else _CUT[Interruption(intent.cut)],
            "The interrupted hold does not count." if intent.in_hold else "",
        ),
        ""
        if asks
        else f"Next is hold {spot}. Go on when you are ready, or finish for today. "
        "Nothing starts by itself.",
    )
    rows = (stop_row(intent.session),) if asks else choice_rows(intent.session, intent.number)
    return Screen(text=text, rows=rows, rings=True)


SESSION_SCREENS: Final[dict[type[Message], Callable[[Any, datetime], Screen]]] = {
    SetUp: set_up,
    GetSet: get_set,
    Hold: hold,
    Clip: clip,
    Release: release,
    StopAgain: stop_again,
    ReleaseAgain: release_again,
    Rest: rest,
    Noted: noted,
    Ask: ask,
    Interrupted: interrupted,
    **ENDING_SCREENS,
}
