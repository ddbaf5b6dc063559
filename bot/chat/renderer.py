"""From an intent in the outbox to a call of the Bot API, at the moment of sending."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Protocol

from bot.chat.alert_screens import ALERT_SCREENS
from bot.chat.enclosures import Call, Enclosures
from bot.chat.menu import menu_call
from bot.chat.ports import Desk, Pictures
from bot.chat.red_flag_screens import RED_FLAG_SCREENS
from bot.chat.reminder_screens import REMINDER_SCREENS
from bot.chat.say_accounts import SAY_ACCOUNTS
from bot.chat.say_athletes import SAY_ATHLETES
from bot.chat.say_audit import SAY_AUDIT
from bot.chat.say_broadcast import BROADCAST_SCREENS, SAY_BROADCAST
from bot.chat.say_coaching import SAY_COACHING
from bot.chat.say_enrol import SAY_ENROL
from bot.chat.say_house import SAY_HOUSE, status_screen
from bot.chat.say_links import SAY_LINKS
from bot.chat.say_morning import MORNING_SCREENS, SAY_MORNING
from bot.chat.say_naming import SAY_NAMING
from bot.chat.say_offers import SAY_OFFERS
from bot.chat.say_overview import SAY_OVERVIEW
from bot.chat.say_privacy import SAY_PRIVACY
from bot.chat.say_programme import SAY_PROGRAMME
from bot.chat.say_removing import SAY_REMOVING
from bot.chat.say_reporting import SAY_REPORTING
from bot.chat.say_session import SAY_SESSION, toast
from bot.chat.say_settings import SAY_SETTINGS
from bot.chat.say_sharing import SAY_SHARING
from bot.chat.say_summary import SUMMARY_SCREENS
from bot.chat.say_unlocking import SAY_UNLOCKING
from bot.chat.screen import Button, Screen
from bot.chat.session_screens import SESSION_SCREENS
from bot.flows import alerts, intents, relay
from bot.flows.house import status
from bot.flows.intents import Intent
from bot.flows.summaries.pages import allowed

Look = Callable[[Any, datetime], Screen]

SCREENS: Final[dict[type[Intent], Look]] = {
    **SESSION_SCREENS,
    **REMINDER_SCREENS,
    **RED_FLAG_SCREENS,
    **MORNING_SCREENS,
    **ALERT_SCREENS,
    **SUMMARY_SCREENS,
    **BROADCAST_SCREENS,
}
SAY: Final[dict[str, Look]] = {
    **SAY_SESSION,
    **SAY_LINKS,
    **SAY_NAMING,
    **SAY_ENROL,
    **SAY_SETTINGS,
    **SAY_OVERVIEW,
    **SAY_OFFERS,
    **SAY_MORNING,
    **SAY_UNLOCKING,
    **SAY_ATHLETES,
    **SAY_COACHING,
    **SAY_PROGRAMME,
    **SAY_PRIVACY,
    **SAY_REPORTING,
    **SAY_ACCOUNTS,
    **SAY_REMOVING,
    **SAY_SHARING,
    **SAY_AUDIT,
    **SAY_BROADCAST,
    **SAY_HOUSE,
}
Markup = dict[str, Any]
"""A keyboard as the Bot API has it."""
NO_PREVIEW: Final = {"is_disabled": True}


class Letter(Protocol):
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

    def __init__(self, desk: Desk, pictures: Pictures) -> None:
        self._desk = desk
        self._enclosures = Enclosures(desk, pictures)

    async def __call__(self, letter: Letter, now: datetime) -> Call | None:
        """Return the method and its arguments, or None when there is nothing to send."""
        intent = await self._still(letter, intents.load(letter.kind, letter.body), now)
        if intent is None:
            return None
        match intent:
            case intents.Answer() | intents.Retire() | intents.TakeBack() | intents.Menu():
                return _wordless(letter.chat_id, intent)
            case intents.Chart() | intents.Album() | intents.File():
                return await self._enclosures.call(letter.chat_id, intent, now)
            case intents.Status():
                screen = status_screen(await self._desk.read(status.read, now), intent.zone, now)
                return _message(letter.chat_id, screen, intent.message_id)
            case _:
                target = letter.message_id or getattr(intent, "message_id", None)
                return _message(letter.chat_id, look(intent, now), target)

    async def _still(self, letter: Letter, intent: Intent, now: datetime) -> Intent | None:
        """Return what may be told at this moment: a consent that ended meanwhile wins."""
        chat_id = letter.chat_id
        if isinstance(intent, intents.Summary | intents.Album):
            told: Intent | None = await self._desk.read(allowed, chat_id, intent)
            return told
        if isinstance(intent, intents.CoachAlert | intents.CoachAlerts):
            left: Intent | None = await self._desk.read(alerts.still_theirs, chat_id, intent)
            if left != intent:
                await self._desk.write(alerts.leave_out, letter.key, left, now)
            return left
        if isinstance(intent, intents.Relayed):
            return intent if await self._desk.read(relay.still_allowed, intent) else None
        return intent


def look(intent: Intent, now: datetime) -> Screen:
    """Return how an intent looks; KeyError for one without a look."""
    if isinstance(intent, intents.Say):
        return SAY[intent.topic](intent.values, now)
    return SCREENS[type(intent)](intent, now)


_Wordless = intents.Answer | intents.Retire | intents.TakeBack | intents.Menu


def _wordless(chat_id: int, intent: _Wordless) -> Call:
    """Return the call of an intent that is no message."""
    match intent:
        case intents.Answer():
            return _answer(intent)
        case intents.Retire():
            where = {"chat_id": chat_id, "message_id": intent.message_id}
            return "edit_message_reply_markup", where
        case intents.TakeBack():
            return "delete_message", {"chat_id": chat_id, "message_id": intent.message_id}
        case intents.Menu():
            return menu_call(chat_id, intent.roles)


def _answer(intent: intents.Answer) -> Call:
    text = None if intent.topic is None else toast(intent.topic, intent.values)
    return "answer_callback_query", {
        "callback_query_id": intent.query_id,
        "text": text,
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
    plain = {"text": one.label, "callback_data": one.data}
    return plain if one.style is None else {**plain, "style": one.style.value}
