"""From a message in the outbox to a call of the Bot API, at the moment of sending."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final, Protocol

from bot.accounts.broadcast.words import BROADCAST_SCREENS
from bot.coaching.messages import Album, File, WeekFile
from bot.coaching.relay.words import RELAY_SCREENS
from bot.coaching.weekly.words import SUMMARY_SCREENS
from bot.conversation import message
from bot.conversation.message import Message
from bot.conversation.screen import Audio, Button, Screen
from bot.dispatch import delivery_events, kept_files, registry
from bot.drawings import files
from bot.drawings.files import Picture
from bot.kept import KeptFile, OwnPicture
from bot.operations import status
from bot.operations.messages import Status
from bot.operations.words import status_screen
from bot.sound.clips import mp3, seconds
from bot.telegram import picture_calls
from bot.telegram.attachments import Call, Enclosures
from bot.telegram.menu import menu_call
from bot.telegram.ports import EdgeFlows, Pictures
from bot.training.alerts.words import ALERT_SCREENS
from bot.training.messages import Chart, CoachAlert, CoachAlerts, TakeBack
from bot.training.mornings.words import MORNING_SCREENS
from bot.training.pictures import flow as pictures
from bot.training.pictures.messages import HowTo
from bot.training.pictures.words import HOW_SCREENS, own_caption
from bot.training.red_flags.words import RED_FLAG_SCREENS
from bot.training.reminders.words import REMINDER_SCREENS
from bot.training.session.words import SESSION_SCREENS

Look = Callable[[Any, datetime], Screen]

SCREENS: Final[dict[type[Message], Look]] = {
    **SESSION_SCREENS,
    **REMINDER_SCREENS,
    **RED_FLAG_SCREENS,
    **MORNING_SCREENS,
    **ALERT_SCREENS,
    **RELAY_SCREENS,
    **SUMMARY_SCREENS,
    **BROADCAST_SCREENS,
    **HOW_SCREENS,
}
Markup = dict[str, Any]
"""A keyboard as the Bot API has it."""
PERFORMER: Final = "Holdfast"
NO_PREVIEW: Final = {"is_disabled": True}


class LetterView(Protocol):
    """What the renderer reads of a letter."""

    @property
    def key(self) -> str:
        """The key it is stored under."""

    @property
    def chat_id(self) -> int:
        """The chat it goes to."""

    @property
    def kind(self) -> str:
        """The intent's name."""

    @property
    def body(self) -> dict[str, Any]:
        """The intent's values."""

    @property
    def edits(self) -> str | None:
        """The key of the letter whose message it rewrites."""

    @property
    def message_id(self) -> int | None:
        """The message it rewrites, if that was sent."""


class Renderer:
    """Gives every intent its look; `pictures` draws and prints, `desk` runs queries."""

    def __init__(self, desk: EdgeFlows, pictures: Pictures) -> None:
        self._desk = desk
        self._enclosures = Enclosures(desk, pictures)

    async def __call__(self, letter: LetterView, now: datetime) -> Call | None:
        """Return the method and its arguments, or None when there is nothing to send.

        A picture or a page takes its time, so it is looked at consent once more when it is made.
        """
        whole = registry.load(letter.kind, letter.body)
        still = await self._still(letter, whole, now)
        while still is not None:
            call = await self._call(letter, still, now)
            told, still = still, await self._again(letter, whole, still, now)
            if still == told:
                return call
        return None

    async def _call(self, letter: LetterView, intent: Message, now: datetime) -> Call | None:
        match intent:
            case message.Answer() | message.Retire() | TakeBack() | message.Menu():
                return _wordless(letter.chat_id, intent)
            case Chart() | Album() | File() | WeekFile():
                return await self._enclosures.call(letter.chat_id, intent, now)
            case Status():
                screen = status_screen(await self._desk.read(status.read, now), intent.zone, now)
                return _message(letter.chat_id, screen, intent.message_id)
            case HowTo():
                return await self._how(letter.chat_id, intent, now)
            case _:
                target = letter.message_id or getattr(intent, "message_id", None)
                shown = await self._by_day(letter.chat_id, look(intent, now), now)
                return await self._shown(letter.chat_id, shown, target)

    async def _shown(self, chat_id: int, screen: Screen, target: int | None) -> Call:
        """Return the call that sends a screen, or puts it into the message `target`."""
        if screen.picture is not None:
            return await self._picture(chat_id, screen, screen.picture, target)
        if screen.audio is not None:
            return await self._audio(chat_id, screen, screen.audio)
        return _message(chat_id, screen, target)

    async def _how(self, chat_id: int, intent: HowTo, now: datetime) -> Call:
        """Return the call that shows an exercise: as a coach does, else as it is drawn."""
        found: OwnPicture | None = await self._desk.read(pictures.own, intent)
        shown = look(intent, now)
        if found is not None:
            method, arguments = picture_calls.own(found, own_caption(intent, found.by))
            return method, {**_common(chat_id, shown), **arguments}
        return await self._shown(chat_id, shown, None)

    async def _picture(
        self, chat_id: int, screen: Screen, picture: Picture, target: int | None
    ) -> Call:
        """Return the call that sends a drawing, or puts it into the message `target`."""
        known: str | None = await self._desk.read(kept_files.known, files.key(picture))
        method, arguments = picture_calls.drawn(picture, known, screen.text, target)
        where = {"chat_id": chat_id, "reply_markup": _buttons(screen.rows)}
        return method, {**(_common(chat_id, screen) if target is None else where), **arguments}

    async def _audio(self, chat_id: int, screen: Screen, audio: Audio) -> Call:
        """Return the call that sends a sound: uploaded once, then by Telegram's name of it."""
        sound, key = audio.sound, kept_files.key_of(audio.sound)
        known: str | None = await self._desk.read(kept_files.known, key)
        return "send_audio", {
            **_common(chat_id, screen),
            "audio": KeptFile(key, f"{sound.name}.mp3", partial(mp3, sound), known),
            "caption": screen.text,
            "title": audio.title,
            "performer": PERFORMER,
            "duration": round(seconds(sound)),
        }

    async def _by_day(self, chat_id: int, screen: Screen, now: datetime) -> Screen:
        """Return a screen that does not ring where it may do so by day alone, and it is night."""
        if not (screen.rings and screen.by_day):
            return screen
        return replace(
            screen, rings=not await self._desk.read(delivery_events.is_quiet, chat_id, now)
        )

    async def _still(self, letter: LetterView, intent: Message, now: datetime) -> Message | None:
        """Return what may be told at this moment."""
        if delivery_events.passes(intent, letter.body):
            return intent
        kept: Message | None = await self._desk.read(
            delivery_events.still_told, letter.chat_id, intent
        )
        if kept != intent and isinstance(intent, CoachAlert | CoachAlerts):
            await self._desk.write(delivery_events.note_left_out, letter.key, kept, now)
        return kept

    async def _again(
        self, letter: LetterView, whole: Message, told: Message, now: datetime
    ) -> Message | None:
        drawn = isinstance(told, Album | File | WeekFile)
        return await self._still(letter, whole, now) if drawn else told


def look(intent: Message, now: datetime) -> Screen:
    """Return how a message looks; KeyError for one without a look."""
    if not isinstance(intent, message.Say):
        return SCREENS[type(intent)](intent, now)
    return registry.WORDS.screen(intent.reply, now)


_Wordless = message.Answer | message.Retire | TakeBack | message.Menu


def _wordless(chat_id: int, intent: _Wordless) -> Call:
    """Return the call of what is no message in the chat."""
    match intent:
        case message.Answer():
            return _answer(intent)
        case message.Retire():
            where = {"chat_id": chat_id, "message_id": intent.message_id}
            return "edit_message_reply_markup", where
        case TakeBack():
            return "delete_message", {"chat_id": chat_id, "message_id": intent.message_id}
        case message.Menu():
            return menu_call(chat_id, intent.roles)


def answered(answer: message.Answer) -> str | None:
    """Return the text of the answer to a button, if it has one."""
    return None if answer.reply is None else registry.WORDS.short(answer.reply)


def _answer(intent: message.Answer) -> Call:
    return "answer_callback_query", {
        "callback_query_id": intent.query_id,
        "text": answered(intent),
        "show_alert": intent.alert,
    }


def _message(chat_id: int, screen: Screen, target: int | None) -> Call:
    """Return the call that sends a screen, or rewrites the message `target` with it."""
    if target is None:
        return "send_message", {
            **_common(chat_id, screen),
            "text": screen.text,
            "link_preview_options": NO_PREVIEW,
        }
    return "edit_message_text", {
        "chat_id": chat_id,
        "message_id": target,
        "text": screen.text,
        "parse_mode": "HTML",
        "reply_markup": _buttons(screen.rows),
        "link_preview_options": NO_PREVIEW,
    }


def _common(chat_id: int, screen: Screen) -> dict[str, Any]:
    return {
        "chat_id": chat_id,
        "parse_mode": "HTML",
        "disable_notification": not screen.rings,
        "reply_markup": _markup(screen),
    }


def _markup(screen: Screen) -> Markup | None:
    if screen.asks_location is not None:
        share = {"text": screen.asks_location, "request_location": True}
        return {"keyboard": [[share]], "resize_keyboard": True, "one_time_keyboard": True}
    if screen.removes_keyboard:
        return {"remove_keyboard": True}
    return _buttons(screen.rows)


def _buttons(rows: tuple[tuple[Button, ...], ...]) -> Markup | None:
    return {"inline_keyboard": [[_button(one) for one in row] for row in rows]} if rows else None


def _button(one: Button) -> dict[str, Any]:
    does = {"callback_data": one.data} if one.url is None else {"url": one.url}
    plain = {"text": one.label, **does}
    return plain if one.style is None else {**plain, "style": one.style.value}
