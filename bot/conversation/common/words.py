"""Words of replies that many capabilities give."""

from datetime import datetime
from typing import Final

from bot.conversation.common.messages import (
    CommandCancelled,
    Inactive,
    LocationButtonOff,
    NotAllowed,
    NotAthlete,
    NotSaved,
    NumberWithoutQuestion,
    PainSaved,
    SavedAlready,
    SentAlready,
    TooFast,
    UnknownCommand,
    UnknownText,
)
from bot.conversation.screen import Button, Screen, Words, data, esc

WORDS: Final = Words()

WORDS.sentence(Inactive, "This button is not active any more.")
WORDS.sentence(SavedAlready, "Saved already.")
WORDS.sentence(SentAlready, "Sent already.")
WORDS.sentence(
    NotSaved,
    "Something went wrong on our side: your last message was NOT saved. Please send it "
    "again. If your set is running: rest, and send stop if you need to.",
)
WORDS.sentence(
    TooFast,
    "That is a lot at once, so this was not done. Please try again in a minute. “stop” always "
    "works.",
)
WORDS.sentence(
    UnknownText,
    "I did not understand that, and nobody else has read it. /help shows what you can do.",
)
WORDS.plain(NotAllowed, "That is not possible here. /help shows what you can do.")
WORDS.plain(CommandCancelled, "Nothing was changed.")
WORDS.plain(NotAthlete, "This is for athletes. /help shows what you can do here.")


def say_saved(pain: int) -> str:
    """Return that a pain number is stored."""
    return f"Pain {pain} – saved."


@WORDS.toast(PainSaved)
def _pain_saved(said: PainSaved) -> str:
    return say_saved(said.value)


@WORDS.toast(UnknownCommand)
def _unknown_command(said: UnknownCommand) -> str:
    return f"There is no /{said.name} for you here. /help shows what you can do."


@WORDS.toast(NumberWithoutQuestion)
def _number(said: NumberWithoutQuestion) -> str:
    return (
        "No question is open, so nothing was saved. To note a pain, send "
        f"/pain {said.value}; to train, /session."
    )


@WORDS.of(NumberWithoutQuestion)
def _number_screen(said: NumberWithoutQuestion, _now: datetime) -> Screen:
    """Noting the number as pain is one tap."""
    note = Button(f"Note pain {said.value}", data("q", said.value))
    return Screen(text=esc(_number(said)), rows=((note,),))


@WORDS.of(LocationButtonOff)
def _location_off(_said: LocationButtonOff, _now: datetime) -> Screen:
    return Screen(
        text="Thank you. Only a time zone is kept, never a location.", removes_keyboard=True
    )
