"""The words of overview and privacy: short, escaped, true to their values."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import combinations
from typing import Any, Final

import pytest

from bot.accounts.privacy import words as privacy
from bot.conversation.common.messages import CommandCancelled, NotAthlete
from bot.conversation.screen import MAX_DATA, Screen
from bot.dispatch.commands import help_words
from bot.dispatch.commands.catalogue import COMMANDS
from bot.protocol.session.state import Outcome
from bot.store.tables import OccurrenceState, Role
from bot.training.overview import words as overview
from bot.training.pain_notes import words as pain_notes
from bot.training.red_flags import words as red_flags
from tests.chat import stored
from tests.chat.plainly import plain

NOW: Final = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
TOMORROW: Final = (NOW + timedelta(days=1)).isoformat()
LONG_AGO: Final = "2025-11-12T06:30:00Z"
ZONE: Final = "America/Argentina/ComodRivadavia"
EVIL: Final = "<b>Rúna</b> & Co"
LONG: Final = {"privacy": 2000, "help": 1500}
TOPICS: Final = stored.topics(
    overview.WORDS,
    pain_notes.WORDS,
    red_flags.WORDS,
    help_words.WORDS,
    privacy.WORDS,
    (NotAthlete.topic, CommandCancelled.topic),
)

DOSE: Final = {"holds": 10, "hold_s": 15, "sets": 2, "side": "both", "zone": ZONE}
NEXT: Final = {"why": None, "next_at": TOMORROW, "running": False, **DOSE}
WEEK: Final = {"done": 3, "planned": 5}


def session(**values: Any) -> dict[str, Any]:
    """Return a history entry as long as they come."""
    entry = {
        "kind": "session",
        "day": "2025-11-12",
        "at": LONG_AGO,
        "outcome": "stopped_pain",
        "done": 130,
        "planned": 144,
        "first": 10,
        "last": 10,
        "tension_s": 8640,
    }
    return {**entry, **values}


def history(*entries: dict[str, Any], running: bool = False) -> dict[str, Any]:
    """Return what a history tells."""
    return {"entries": list(entries), "week": WEEK, "running": running, "zone": ZONE}


SKIPPED: Final = {"kind": "skipped", "day": "2025-11-12", "at": LONG_AGO, "reason": EVIL}
FULL: Final = history(*[session()] * 7, *[SKIPPED] * 5, running=True)
PRIVACY: Final = {
    "known": True,
    "athlete": True,
    "coaches": [EVIL * 9] * 20,
    "leaving": False,
    "removed": False,
}
WAITING: Final = {"erase_at": TOMORROW, "zone": ZONE, "stopped": True}
KEPT: Final = {"changed": True, "next_at": TOMORROW, "zone": ZONE}

CASES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("next", NEXT),
    ("next", {**NEXT, "running": True}),
    ("next", {**NEXT, "waiting": True, "put_off": None}),
    ("next", {**NEXT, "waiting": False, "put_off": TOMORROW}),
    ("next", {**NEXT, "why": "locked", "reason": "red_flag"}),
    ("next", {**NEXT, "why": "locked", "reason": "unknown"}),
    ("next", {**NEXT, "why": "paused", "until": None}),
    ("next", {**NEXT, "why": "paused", "until": "2026-12-01"}),
    ("next", {**NEXT, "why": "leaving", "until": TOMORROW}),
    ("next", {**NEXT, "why": "no_days", "next_at": None}),
    ("history", history()),
    ("history", FULL),
    ("pain_note_ask", {"unclear": True}),
    ("pain_note_saved", {"value": 4, "high": False}),
    ("pain_note_saved", {"value": 10, "high": True}),
    ("no_flags", {"locked": True}),
    ("no_flags", {"locked": False}),
    ("note_undone", {"value": 3}),
    ("not_athlete", {}),
    ("command_cancelled", {}),
    ("help", {"roles": []}),
    ("help", {"roles": ["athlete"]}),
    ("help", {"roles": ["coach"]}),
    ("help", {"roles": ["admin", "athlete", "coach"]}),
    ("privacy", PRIVACY),
    ("privacy", {**PRIVACY, "coaches": []}),
    ("privacy", {**PRIVACY, "leaving": True}),
    ("privacy", {**PRIVACY, "leaving": True, "removed": True}),
    ("privacy", {**PRIVACY, "athlete": False}),
    ("privacy", {**PRIVACY, "known": False}),
    ("export_nothing", {}),
    ("erase_ask", {"stays": True}),
    ("erase_waiting", WAITING),
    ("erase_waiting", {**WAITING, "stopped": False}),
    ("removed_waiting", WAITING),
    ("erase_kept", KEPT),
    ("erase_kept", {**KEPT, "changed": False, "next_at": None}),
    ("erase_nothing", {"known": True}),
    ("erase_nothing", {"known": False}),
    ("erased", {"stays": True}),
    ("erased", {"stays": False}),
)


class Tags(HTMLParser):
    """Checks that every tag is one Telegram knows and is closed in order."""

    def __init__(self) -> None:
        """Start with nothing open."""
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        assert tag == "b", (tag, attrs)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        assert self.open.pop() == tag


def say(topic: str, values: dict[str, Any]) -> Screen:
    """Return the screen for a topic."""
    return stored.screen(topic, values, NOW)


def test_every_topic_is_tried() -> None:
    """No words without an example here."""
    assert {topic for topic, _values in CASES} == TOPICS


@pytest.mark.parametrize(("topic", "values"), CASES)
def test_words_are_short_and_well_formed(topic: str, values: dict[str, Any]) -> None:
    """Within the limit, tags closed, names escaped, buttons that Telegram takes."""
    screen = say(topic, values)
    assert 0 < len(screen.text) <= LONG.get(topic, 1000)
    tags = Tags()
    tags.feed(screen.text)
    assert tags.open == []
    assert EVIL not in screen.text
    assert "None" not in re.sub(r"None of", "", screen.text)
    for button in (button for row in screen.rows for button in row):
        assert len(button.data.encode()) <= MAX_DATA
        assert button.label


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_plain_words(outcome: Outcome) -> None:
    """No name of the code's own in a line of the history."""
    text = say("history", history(session(outcome=outcome))).text
    assert "_" not in text


@pytest.mark.parametrize("state", ["skipped", "missed", "not_delivered", "paused"])
def test_every_day_without_a_session_has_words(state: str) -> None:
    """As they are; what was our fault says so."""
    assert OccurrenceState(state)
    entry = {"kind": state, "day": "2026-11-23", "at": LONG_AGO, "reason": None}
    line = say("history", history(entry)).text.splitlines()[1]
    said = {"not_delivered": "not delivered (our fault)"}.get(state, state)
    assert line == f"Yesterday: {said}"


def test_a_session_reads_in_one_line() -> None:
    """Day, outcome, holds, pain first to last, seconds."""
    entry = session(
        day="2026-11-24", outcome="lessening", done=5, planned=5, first=3, last=1, tension_s=50
    )
    line = say("history", history(entry)).text.splitlines()[1]
    assert line == "Today: finished, pain eased · 5/5 holds · pain 3 → 1 · 50 s"


def test_the_next_session_names_its_zone() -> None:
    """A time without a zone could be anybody's."""
    text = say("next", {**NEXT, "zone": "Europe/Berlin"}).text
    assert text.splitlines()[0] == "Next session: <b>tomorrow 07:30</b> (Europe/Berlin time)."
    assert "10 holds of 15 s, 2 sets, both sides" in text


def test_pain_buttons_are_two_ranges() -> None:
    """0–3 and 4–10 never share a row; every value once."""
    rows = [
        [int(button.label) for button in row]
        for row in say("pain_note_ask", {"unclear": False}).rows
    ]
    assert rows == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10]]
    first = say("pain_note_ask", {"unclear": False}).rows[0][0]
    assert first.data == "1:q:0"


def test_privacy_says_what_must_be_said() -> None:
    """Named coaches, Telegram, no end-to-end encryption, export and erase at hand."""
    screen = say("privacy", {**PRIVACY, "coaches": ["Kim"]})
    for words in ("Kim", "Telegram", "not end-to-end encrypted", "24 hours", "agreed"):
        assert words in screen.text
    assert [row[0].data for row in screen.rows] == ["1:v:export", "1:v:erase"]


def test_erasing_has_a_way_back_at_each_step() -> None:
    """Both steps offer to keep everything."""
    asked = say("erase_ask", {"stays": False})
    assert [row[0].data for row in asked.rows] == ["1:v:erase_yes", "1:v:keep"]
    assert [row[0].data for row in say("erase_waiting", WAITING).rows] == ["1:v:keep"]


def test_a_hold_cut_by_leaving_is_released_first() -> None:
    """The first word is the cue."""
    assert say("erase_waiting", WAITING).text.startswith("RELEASE")


def test_help_shows_only_what_a_role_may_do() -> None:
    """Every command stands there, an athlete reads nothing about accounts, a stranger little."""
    athlete = say("help", {"roles": ["athlete"]}).text
    assert "/invite" not in athlete
    assert "STOP" in athlete
    assert "not a doctor" in athlete
    named = set(re.findall(r"(?<!<)/([a-z]+)", say("help", {"roles": list(Role)}).text))
    assert named == set(COMMANDS)
    stranger = say("help", {"roles": []}).text
    assert set(re.findall(r"/[a-z]+", stranger)) == {"/privacy", "/help"}


@pytest.mark.parametrize("size", range(len(Role) + 1))
def test_help_is_under_120_words_a_role(size: int) -> None:
    """And names each command of the roles once a moment: in the reader's words, not the bot's."""
    for roles in combinations(Role, size):
        text = plain(say("help", {"roles": list(roles)}).text)
        assert len(text.split()) < 120 * max(1, size)
        assert len(text) < 1_500
        moments = [line for line in text.splitlines() if re.search(r": /", line)]
        if roles:
            named = [name for line in moments for name in re.findall(r"/([a-z]+)", line)]
            mine = [
                name
                for name, found in COMMANDS.items()
                for one in found
                if one.open_to(frozenset(roles))
            ]
            assert sorted(named) == sorted(mine)
        assert len({line.partition(":")[0] for line in moments}) == len(moments)


def test_every_topic_a_press_is_answered_with_has_a_sentence() -> None:
    """A toast without words would leave the button spinning."""
    for topic, values in (("noted", {"value": 4}), ("known", {}), ("inactive", {})):
        assert stored.toast(topic, values)
