"""The words of joining and of the settings, read without a bot."""

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

import pytest

from bot.accounts.enrolment import greeting_words as greetings
from bot.accounts.enrolment import words as enrolment
from bot.accounts.enrolment.messages import AthleteWelcomedBack
from bot.accounts.invites import words as invites
from bot.conversation.common import words as common
from bot.conversation.screen import MAX_DATA, Screen
from bot.programme.pauses import by_athlete_words as own_pauses
from bot.programme.settings import words as settings
from bot.programme.settings.messages import SettingsShown
from bot.programme.sound import words as sound
from bot.protocol.dose.dose import Side
from bot.protocol.red_flags.flags import RED_FLAGS
from bot.protocol.session.state import Cues
from tests.chat import stored
from tests.labels import too_long

NOW: Final = datetime(2026, 11, 24, 11, 5, tzinfo=UTC)
NAME: Final = '<b>&"O\'Neil"</b>'
TOPICS: Final = sorted(
    stored.topics(
        invites.WORDS,
        enrolment.WORDS,
        greetings.WORDS,
        settings.WORDS,
        sound.WORDS,
        own_pauses.WORDS,
        common.WORDS,
    )
)
LONG_ZONE: Final = "America/Argentina/ComodRivadavia"
NEXT: Final = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)
LINK: Final = {
    "id": 2**62,
    "name": NAME,
    "role": "admin",
    "moves": False,
    "until": "2026-12-01T11:05:00+00:00",
    "athlete_id": None,
}
VALUES: Final[dict[str, Any]] = {
    "value": 10,
    "athlete_id": 2**62,
    "name": NAME,
    "role": "coach",
    "link": "https://t.me/holdfast_bot?start=x-_",
    "expires_at": "2026-12-01T11:05:00+00:00",
    "zone": LONG_ZONE,
    "problem": "“<b>” is wrong.",
    "side": "both",
    "days": "0,2,4",
    "draft": "06",
    "times": "07:30,18:00",
    "time": "07:30,18:00",
    "cues": "full",
    "quiet": "22:00-07:00",
    "offsets": [-600, 0, 345, 825],
    "guesses": [[NAME * 9, LONG_ZONE]],
    "flag": "clot",
    "by_link": True,
    "next_at": "2026-11-25T06:30:00+00:00",
    "locked": False,
    "paused": False,
    "kept": False,
    "reason": NAME,
    "leaving": False,
    "back_on": "2026-11-27",
    "back_at": "2026-11-27T06:30:00+00:00",
    "changes": [["zone", "UTC", LONG_ZONE], ["quiet", "22:00-07:00", "22:00-06:30"]],
    "back": 2**62,
    "by_sound": False,
    "used": False,
    "roles": ["coach"],
    "invite": 2**62,
    "by": NAME,
    "coach": NAME,
    "coach_id": 2**62,
    "already": False,
    "links": [LINK],
    "total": 1,
    "page": 1,
    "pages": 3,
    "revoked": NAME,
    "gone": False,
    "word": NAME,
    "telegram_id": 2**62,
}


def render(topic: str, **values: Any) -> Screen:
    """Return a topic's screen."""
    return stored.screen(topic, VALUES | values, NOW)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_is_something_telegram_takes(topic: str) -> None:
    """Short enough, balanced tags, names shown literally, buttons within the limits."""
    screen = render(topic)
    assert len(html.unescape(screen.text)) <= (1_500 if topic == "enrol_consent" else 1_000)
    assert re.findall(r"<(/?)(\w+)", screen.text) == re.findall(r"<(/?)(b)\b", screen.text)
    assert screen.text.count("<b>") == screen.text.count("</b>")
    assert NAME not in screen.text
    assert all(len(button.data.encode()) <= MAX_DATA for row in screen.rows for button in row)
    assert too_long(screen) == []
    assert not (screen.rows and (screen.asks_location or screen.removes_keyboard))


def test_consent_says_it_all() -> None:
    """PROTOCOL 9: what is stored, where it travels, what this is not, how to leave."""
    shown = render("enrol_consent").text
    for part in (
        *("your name", "Telegram id", "pain answers", "holds", "schedule", "health data"),
        *("Telegram's servers", "not end-to-end encrypted", "no doctor", "no diagnosis"),
        *("no emergency service", "/export", "/erase"),
    ):
        assert part in shown


@pytest.mark.parametrize("flag", RED_FLAGS.values(), ids=lambda flag: flag.id)
def test_a_red_flags_first_line_is_the_action(flag: Any) -> None:
    """PROTOCOL 5: what to do comes first, and never that a coach was told."""
    shown = render("enrol_red_flag", flag=flag.id).text
    assert shown.partition("\n")[0] == f"<b>{flag.action}</b>"
    assert "coach" not in shown


def test_the_red_flags_are_numbered_as_their_buttons() -> None:
    """Number, list and button agree, so that a typed number means what was read."""
    screen = render("enrol_red_flags")
    labels = [button.label for row in screen.rows for button in row]
    for number, flag in enumerate(RED_FLAGS.values(), start=1):
        assert f"{number}. {flag.signs}" in screen.text
        assert f"{number}. {flag.short}" in labels


WELCOME: Final = AthleteWelcomedBack(
    name=NAME, next_at=NEXT, zone=LONG_ZONE, locked=False, paused=False, leaving=False
)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (replace(WELCOME, next_at=None), "No session is planned"),
        (replace(WELCOME, locked=True), "locked until your coach"),
        (replace(WELCOME, paused=True), "/resume ends the pause"),
        (replace(WELCOME, leaving=True), "about to be erased"),
    ],
)
def test_welcome_back_says_why_nothing_is_next(said: AthleteWelcomedBack, says: str) -> None:
    """Whatever bars sessions is named."""
    assert says in greetings.WORDS.screen(said, NOW).text


SETTINGS: Final = SettingsShown(
    zone=LONG_ZONE,
    days="0,2,4",
    time="07:30,18:00",
    side=Side.BOTH,
    cues=Cues.FULL,
    quiet="22:00-07:00",
    next_at=NEXT,
    paused=False,
    back_on=date(2026, 11, 27),
    locked=False,
)


@pytest.mark.parametrize(
    ("said", "says"),
    [
        (replace(SETTINGS, next_at=None), "No reminder is planned"),
        (replace(SETTINGS, locked=True), "locked until your coach"),
        (replace(SETTINGS, paused=True), "first day back: <b>Fri 27 Nov</b>"),
        (replace(SETTINGS, paused=True, back_on=None), "Paused until you resume"),
    ],
)
def test_settings_say_what_is_next(said: SettingsShown, says: str) -> None:
    """The last line is the next reminder, or why there is none."""
    assert says in settings.WORDS.screen(said, NOW).text


def test_without_a_next_session_nobody_is_promised_a_reminder() -> None:
    """What is not planned is not said, and how to plan it is."""
    values = {"name": "Runa", "next_at": None, "zone": "UTC", "quiet": None}
    text = stored.screen("enrol_done", values, NOW).text
    assert "No session is planned: /settings" in text
    assert "<b></b>" not in text
    assert "remind" not in text
