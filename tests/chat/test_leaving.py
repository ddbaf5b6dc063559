"""What a message still tells where somebody may not be told of any more (F139)."""

from dataclasses import fields
from typing import Any, Final

import pytest

from bot.conversation import message
from bot.conversation.message import Answer, Message, Reply
from bot.dispatch import delivery_events, registry
from bot.store import outbox
from tests.chat.test_letters_of_0_1_0 import LETTERS, name

NAMING: Final = [one for one in LETTERS if outbox.named(one["body"])]
"""Letters that tell of somebody."""
WITHOUT_ID: Final = frozenset(
    {
        # to the person themselves
        "AthleteWelcomedBack",
        "ConfirmQuestion",
        "ConsentQuestion",
        "Enrolled",
        "Reminder",
        "RoleGranted",
        "StaffWelcomedBack",
        # to who invites: it is the name that they typed
        "Invitation",
        "LinkMade",
        # to admins alone, who see everybody
        "MoveLinkMade",
        "NoSuchAuditPage",
        "RemovalDropped",
        # the reader's own words, or no person's name
        "BackupDone",
        "NobodyMeant",
        "UnknownCommand",
        "WhoIsMeant",
        # a coach's name
        "SummaryTimeSet",
        "SummaryTimeShown",
        # to somebody who knows the name, as they wrote to each other
        "RelayEnded",
    }
)
"""What has a name and nobody's id, and why that is right."""


@pytest.mark.parametrize("letter", NAMING, ids=name)
def test_f139_nothing_is_left_of_whom_nobody_may_be_told(letter: dict[str, Any]) -> None:
    """Of every message there is: with all of its people gone no name and no id is left."""
    intent = registry.load(letter["kind"], letter["body"])
    gone = outbox.named(letter["body"])
    kept = intent.without(gone)
    if kept is not None:
        assert outbox.named(message.dump(kept)) == frozenset()
    if isinstance(intent, Answer):
        assert kept == Answer(intent.query_id, None, intent.alert)


@pytest.mark.parametrize("letter", NAMING, ids=name)
def test_f139_the_others_are_left(letter: dict[str, Any]) -> None:
    """Whoever is not gone stays, and nothing changes where nobody is."""
    intent = registry.load(letter["kind"], letter["body"])
    assert intent.without(frozenset()) == intent
    assert not delivery_events.passes(intent, letter["body"])
    one, *others = sorted(outbox.named(letter["body"]))
    kept = intent.without(frozenset({one}))
    if others and kept is not None:
        assert outbox.named(message.dump(kept)) <= set(others)


def test_f139_whoever_is_named_is_named_by_id() -> None:
    """Else nobody could ask, as it leaves, whether the reader may know."""
    kinds: list[type[Message | Reply]] = [
        *registry.KINDS.values(),
        *registry.REPLIES.values(),
    ]
    found = set()
    for kind in kinds:
        known = {field.name: field.type for field in fields(kind)}
        named = any(known.get(one) in {str, "str"} for one in ("name", "athlete"))
        if named and not known.keys() & {"athlete_id", "subject_id"}:
            found.add(kind.__name__)
    assert found == WITHOUT_ID
