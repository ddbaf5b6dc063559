"""An update as the Bot API sends it, narrowed to who said what."""

from typing import Any, Final

import pytest
from telegram import Update
from telegram.constants import MessageType
from telegram.ext import filters

from bot.conversation.limits import MAX_TEXT
from bot.telegram.update import Manner, Said, narrow

MARIA: Final = {"id": 1001, "is_bot": False, "first_name": "Maria", "last_name": "Holm"}
BOT: Final = {"id": 1, "is_bot": True, "first_name": "Holdfast", "username": "holdfast_bot"}
CHAT: Final = {"id": 1001, "type": "private", "first_name": "Maria"}
GROUP: Final = {"id": -5, "type": "group", "title": "Runners"}


def message(**values: Any) -> dict[str, Any]:
    """Return a message of Maria's to the bot."""
    return {"message_id": 7, "date": 1_764_000_000, "chat": CHAT, "from": MARIA, **values}


def press(**values: Any) -> dict[str, Any]:
    """Return a press of Maria's on a button under message 7."""
    under = message(**{"from": BOT, "text": "How was it?"})
    return {"id": "99", "from": MARIA, "chat_instance": "x", "message": under, **values}


def member(status: str, **values: Any) -> dict[str, Any]:
    """Return that Maria blocked the bot or let it in again."""
    states = [
        {"user": BOT, "status": one, **({"until_date": 0} if one == "kicked" else {})}
        for one in ("member", status)
    ]
    both = {"old_chat_member": states[0], "new_chat_member": states[1]}
    return {"chat": CHAT, "from": MARIA, "date": 1_764_000_000, **both, **values}


STICKER: Final = {
    "file_id": "s",
    "file_unique_id": "u",
    "type": "regular",
    "width": 1,
    "height": 1,
    "is_animated": False,
    "is_video": False,
}
FORWARDED: Final = {"type": "hidden_user", "date": 0, "sender_user_name": "Kim"}
PLACE: Final = {"latitude": 52.5, "longitude": 13}
UPDATES: Final[dict[str, tuple[dict[str, Any], Said | None]]] = {
    "a press": (
        {"callback_query": press(data="1:p:4:0:2")},
        Said(1001, "Maria Holm", Manner.PRESS, "1:p:4:0:2", 7, "99"),
    ),
    "a press without data": (
        {"callback_query": press(game_short_name="g")},
        Said(1001, "Maria Holm", Manner.PRESS, "", 7, "99"),
    ),
    "a press under a message too old to be sent along": (
        {"callback_query": press(data="x", message={"chat": CHAT, "message_id": 3, "date": 0})},
        Said(1001, "Maria Holm", Manner.PRESS, "x", 3, "99"),
    ),
    "a press in a group": ({"callback_query": press(message=message(chat=GROUP))}, None),
    "a text": (
        {"message": message(text="3")},
        Said(1001, "Maria Holm", Manner.TEXT, "3", spoken_as=7),
    ),
    "a name alone": (
        {"message": message(text="3", **{"from": {**MARIA, "last_name": ""}})},
        Said(1001, "Maria", Manner.TEXT, "3", spoken_as=7),
    ),
    "a long text": (
        {"message": message(text="x" * 5000)},
        Said(1001, "Maria Holm", Manner.TEXT, "x" * MAX_TEXT, spoken_as=7),
    ),
    "a reply": (
        {"message": message(text="Yes", reply_to_message=message(message_id=5, text="Well?"))},
        Said(1001, "Maria Holm", Manner.TEXT, "Yes", reply_to=5, spoken_as=7),
    ),
    "an edited text": (
        {"edited_message": message(text="4", edit_date=1_764_000_009)},
        Said(1001, "Maria Holm", Manner.EDITED, "4", spoken_as=7),
    ),
    "a place": (
        {"message": message(location=PLACE)},
        Said(1001, "Maria Holm", Manner.LOCATION, place=(52.5, 13.0)),
    ),
    "a place that moves": (
        {"edited_message": message(location=PLACE, edit_date=1_764_000_009)},
        Said(1001, "Maria Holm", Manner.EDITED, spoken_as=7),
    ),
    "a picture": (
        {"message": message(photo=[])},
        Said(1001, "Maria Holm", Manner.OTHER, spoken_as=7),
    ),
    "a picture with words": (
        {"message": message(photo=[], caption="Look")},
        Said(1001, "Maria Holm", Manner.OTHER, "Look", spoken_as=7),
    ),
    "a sticker": (
        {"message": message(sticker={**STICKER, "emoji": "🛑"})},
        Said(1001, "Maria Holm", Manner.OTHER, "🛑", spoken_as=7),
    ),
    "somebody else's words": (
        {"message": message(text="3", forward_origin=FORWARDED)},
        Said(1001, "Maria Holm", Manner.TEXT, "3", spoken_as=7, forwarded=True),
    ),
    "something pinned": ({"message": message(pinned_message=message(text="3"))}, None),
    "somebody joined": ({"message": message(new_chat_members=[MARIA])}, None),
    "messages that delete themselves": (
        {"message": message(message_auto_delete_timer_changed={"message_auto_delete_time": 9})},
        None,
    ),
    "a text with an effect": (
        {"message": message(text="3", effect_id="5104841245755180586")},
        Said(1001, "Maria Holm", Manner.TEXT, "3", spoken_as=7),
    ),
    "a kind that is not known yet": (
        {"message": message(hologram={"file_id": "h"})},
        Said(1001, "Maria Holm", Manner.OTHER, spoken_as=7),
    ),
    "a text in a group": ({"message": message(text="3", chat=GROUP)}, None),
    "a text of nobody": ({"message": message(text="3", **{"from": None})}, None),
    "blocked": (
        {"my_chat_member": member("kicked")},
        Said(1001, "Maria Holm", Manner.BLOCKED),
    ),
    "let in again": (
        {"my_chat_member": member("member")},
        Said(1001, "Maria Holm", Manner.UNBLOCKED),
    ),
    "thrown out of a group": ({"my_chat_member": member("left", chat=GROUP)}, None),
    "something the bot does not ask for": ({"poll": {"id": "1"}}, None),
}


@pytest.mark.parametrize("what", UPDATES)
def test_what_was_said(what: str) -> None:
    """Every kind of update the bot asks for, and what does not concern it."""
    update, said = UPDATES[what]
    assert narrow({"update_id": 1, **update}) == said


@pytest.mark.parametrize("what", [what for what, (_update, said) in UPDATES.items() if said])
def test_the_name_is_as_the_library_shows_it(what: str) -> None:
    """python-telegram-bot reads the same name and account out of these updates."""
    update, said = UPDATES[what]
    user = Update.de_json({"update_id": 1, **update}, None).effective_user
    assert said is not None
    assert user is not None
    assert (user.id, user.full_name) == (said.telegram_id, said.name)


SEVERAL: Final = {
    "CHAT_CREATED": ("group_chat_created", "supergroup_chat_created", "channel_chat_created"),
    "MIGRATE": ("migrate_to_chat_id",),
}
"""Names under which python-telegram-bot puts several kinds together."""
SERVICE: Final = [
    kind
    for name in (*vars(filters.StatusUpdate), "BOOST_ADDED")
    if name.isupper() and name != "ALL"
    for kind in SEVERAL.get(name, (name.lower(),))
]


@pytest.mark.parametrize("kind", SERVICE)
def test_what_telegram_itself_says_is_nobodys_word(kind: str) -> None:
    """All that python-telegram-bot knows as such: nothing is said, and no hold ends over it."""
    assert narrow({"update_id": 1, "message": message(**{kind: {}})}) is None


@pytest.mark.parametrize("kind", sorted({*MessageType} - {*SERVICE, "location", "sticker"}))
def test_whatever_else_there_is_somebody_sent(kind: str) -> None:
    """A place and a sticker have more inside: see above."""
    assert narrow({"update_id": 1, "message": message(**{kind: "x"})}) is not None


@pytest.mark.parametrize("broken", [{"message": {"from": MARIA}}, {"callback_query": {"id": "9"}}])
def test_a_broken_update_is_an_error(broken: dict[str, Any]) -> None:
    """What no Bot API sends is never guessed at: the inbox notes it and sets it aside."""
    with pytest.raises(KeyError):
        narrow({"update_id": 1, **broken})
