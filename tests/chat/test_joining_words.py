"""The words of joining and of the settings, read without a bot."""

import html
import re
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from bot.accounts.enrolment.words import SAY_ENROL
from bot.accounts.invites import words as invites
from bot.accounts.invites.words import SAY_LINKS
from bot.conversation.common import words as common
from bot.conversation.screen import MAX_DATA, Screen
from bot.programme.settings.words import SAY_SETTINGS
from bot.protocol.red_flags.flags import RED_FLAGS
from tests.chat import stored
from tests.labels import too_long

NOW: Final = datetime(2026, 11, 24, 11, 5, tzinfo=UTC)
NAME: Final = '<b>&"O\'Neil"</b>'
TOPICS: Final = stored.topics(invites.WORDS, common.WORDS, SAY_LINKS, SAY_ENROL, SAY_SETTINGS)
LONG_ZONE: Final = "America/Argentina/ComodRivadavia"
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
    "roles": ["coach"],
    "invite": 2**62,
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


@pytest.mark.parametrize("topic", sorted(TOPICS))
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


def test_topics_are_named_once() -> None:
    """Joining and the settings share only the words that put the location button away."""
    assert SAY_ENROL.keys() & SAY_SETTINGS.keys() == {"location_off"}
    assert not SAY_LINKS.keys() & (SAY_ENROL.keys() | SAY_SETTINGS.keys())


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


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"next_at": None}, "No session is planned"),
        ({"locked": True}, "locked until your coach"),
        ({"paused": True}, "/resume ends the pause"),
        ({"leaving": True}, "about to be erased"),
    ],
)
def test_welcome_back_says_why_nothing_is_next(values: dict[str, Any], says: str) -> None:
    """Whatever bars sessions is named."""
    assert says in render("welcome_back", **values).text


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"next_at": None}, "No reminder is planned"),
        ({"locked": True}, "locked until your coach"),
        ({"paused": True}, "first day back: <b>Fri 27 Nov</b>"),
        ({"paused": True, "back_on": None}, "Paused until you resume"),
    ],
)
def test_settings_say_what_is_next(values: dict[str, Any], says: str) -> None:
    """The last line is the next reminder, or why there is none."""
    assert says in render("settings", **values).text
