"""A letter that this version cannot read: an older or newer one wrote it, or its row was damaged.

It is set aside alone. What has to follow from its loss is done with what its row itself says.
"""

import re
from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.accounts.invites import redact
from bot.conversation.message import Menu
from bot.letters import Priority
from bot.operations import menus
from bot.protocol.session.events import CueLost, Refusal
from bot.protocol.session.state import Phase
from bot.store import outbox, sessions
from bot.store.outbox_claims import Claimed
from bot.training.messages import Clip, Hold, Reminder
from bot.training.reminders import flow as reminders
from bot.training.session import apply_event, stray_cues

_OF_OCCURRENCE: Final = re.compile(r"o(\d+):")


def note(db: Db, letter: Claimed, now: datetime) -> None:
    """Set a letter aside, and let follow what its loss means."""
    outbox.set_aside(db, letter.id)
    redact.forget_unreadable(db, letter)
    if letter.priority <= Priority.HOLD or letter.kind == Clip.kind():
        _cue(db, letter, now)
    elif letter.kind == Menu.kind():
        menus.lost(db, letter.chat_id, now)
    elif letter.kind == Reminder.kind() and (found := _OF_OCCURRENCE.match(letter.key)):
        reminders.undelivered(db, int(found[1]))


def _cue(db: Db, letter: Claimed, now: datetime) -> None:
    """A cue cannot be said: for a HOLD the set is broken off, another cue is said again."""
    stored = None if letter.session_id is None else sessions.get(db, letter.session_id)
    if stored is None:
        return
    value, is_clip = stored.value, letter.kind == Clip.kind()
    is_hold = letter.kind == Hold.kind() or letter.priority == Priority.HOLD
    waits = Phase.CLIP if is_clip else Phase.HOLDING
    if (is_hold or is_clip) and value.phase is waits:
        lost = CueLost(len(value.holds) - (0 if is_clip else 1))
        assert not isinstance(apply_event.happen(db, stored, lost, now), Refusal)
    else:
        stray_cues.say_again(db, letter, stored, now)
