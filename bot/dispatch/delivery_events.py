"""A message leaves: what of it may be told, whether it may ring, and what follows from its fate.

An athlete's consent may have ended while the message waited, for its pace or for a picture: that
wins. Whatever names somebody passes here (`store/audience.py`). People's own words ring by day
alone.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from sqlmodel import Session as Db

from bot.accounts.invites import redact
from bot.coaching.exports import lost as lost_enclosures
from bot.coaching.messages import Album, File, Relayed, Summary, WeekFile
from bot.coaching.relay import flow as relay
from bot.coaching.weekly import flow as weekly
from bot.conversation.message import Menu, Message, Say, dump
from bot.dispatch import registry, unreadable
from bot.letters import UnreadableError
from bot.operations import lost_messages, menus, refusals
from bot.operations.messages import Status
from bot.protocol.calendar.quiet_hours import QuietHours, release_at
from bot.protocol.session.events import CueHanded, CueLost, Refusal
from bot.protocol.session.state import CUED, Phase
from bot.store import agreed, audience, outbox, people, sessions
from bot.store.outbox import ABANDONED, SILENCED, UNREACHABLE
from bot.store.outbox_claims import Claimed
from bot.store.tables import OutboxState, PersonRow, Role
from bot.training import reasons
from bot.training.alerts import flow as alerts
from bot.training.messages import Chart, Clip, CoachAlert, CoachAlerts, Hold, Reminder
from bot.training.pictures import flow as pictures
from bot.training.pictures.messages import HowTo
from bot.training.reminders import flow as reminders
from bot.training.session import apply_event, start_queue, stray_cues

# ---- as it leaves: what may be told? --------------------------------------------------


def passes(intent: Message, body: dict[str, Any]) -> bool:
    """Whether a message, stored as `body`, tells of nobody who has a say in who reads it."""
    return not isinstance(intent, Status) and not outbox.named(body)


def still_told(db: Db, chat_id: int, intent: Message) -> Message | None:
    """Return what of a message this chat may read now, or None."""
    if isinstance(intent, Status):
        return intent if audience.is_admin(db, chat_id) else None
    if isinstance(intent, Relayed) and not relay.still_allowed(db, intent):
        return None
    if isinstance(intent, CoachAlert | CoachAlerts):
        return alerts.still_theirs(db, chat_id, intent)
    named = outbox.named(dump(intent))
    gone = named - audience.may_be_told(db, chat_id, named)
    kept = intent.without(gone) if gone else intent
    if kept is None or outbox.named(dump(kept)) & gone:
        return None
    return _without_unshared_load(db, chat_id, kept)


def _without_unshared_load(db: Db, chat_id: int, intent: Message) -> Message:
    """Leave out load that is not, or not any more, shared with who reads this chat."""
    told = intent.load_of
    if not told:
        return intent
    reader = people.by_telegram(db, chat_id)
    seen = frozenset() if reader is None else agreed.sees_load(db, reader.id or 0, told)
    return intent.without_load(told - seen) if told - seen else intent


def note_left_out(db: Db, key: str, kept: Message | None, now: datetime) -> None:
    """Store what an alert's letter will not tell: nobody is told that it was."""
    assert kept is None or isinstance(kept, CoachAlert | CoachAlerts)
    alerts.leave_out(db, key, kept, now)


# ---- as it leaves: may it ring? -------------------------------------------------------


def is_quiet(db: Db, chat_id: int, now: datetime) -> bool:
    """Whether nothing that can wait rings: it is the reader's night, or a set is running.

    In a hold a ring is a cue. Who is an athlete and a coach has both quiet hours.
    """
    person = people.by_telegram(db, chat_id)
    if person is None:
        return False
    live = sessions.live(db, person.id or 0)
    if live is not None and live.value.phase in CUED:
        return True
    return any(release_at(now, quiet, person.zone) > now for quiet in _quiet_hours_of(db, person))


def _quiet_hours_of(db: Db, person: PersonRow) -> Iterator[QuietHours]:
    assert person.id is not None
    athlete = people.find_athlete(db, person.id)
    if athlete is not None:
        start, end = athlete.quiet_start, athlete.quiet_end
        yield QuietHours(time.fromisoformat(start), time.fromisoformat(end))
    if athlete is None or people.roles_of(db, person.id) - {Role.ATHLETE}:
        yield people.quiet_hours_of_coach(db, person.id)


# ---- what became of it ----------------------------------------------------------------

FOLLOWED: Final = frozenset(
    one.kind() for one in (Hold, Clip, Summary, CoachAlert, CoachAlerts, Relayed)
)
"""Kinds, besides reminders, that something follows from once they are sent."""
_ENCLOSURES: Final = (Chart, Album, File, WeekFile)
_ALERTS: Final = frozenset({CoachAlert.kind(), CoachAlerts.kind()})


def sent(db: Db, letters: Sequence[tuple[Claimed, datetime]], now: datetime) -> bool:
    """Messages were handed over, each at its instant, and Telegram has confirmed them.

    Return whether anything is to be done because of that: a hold that is handed over has an end.
    """
    reminded: list[int] = []
    acts = False
    for letter, handed_at in letters:
        if letter.kind == Reminder.kind():
            reminded.append(letter.body["occurrence"])
        elif letter.kind in FOLLOWED or letter.silenced or _has_link(letter):
            acts = True
            _follow(db, letter, handed_at, now)
    if reminded:
        reminders.delivered(db, reminded, now)
    return acts


def _has_link(letter: Claimed) -> bool:
    return letter.kind == Say.kind() and redact.has_link(letter)


def _follow(db: Db, letter: Claimed, handed_at: datetime, now: datetime) -> None:
    intent = registry.load(letter.kind, letter.body)
    if letter.silenced:
        _strayed(db, letter, now)
    match intent:
        case Say():
            redact.forget_link(db, letter, intent)
        case Hold():
            _cued(db, letter, intent.session, CueHanded(intent.index, handed_at), now)
        case Clip():
            holds_at = handed_at + timedelta(seconds=intent.wait_s)
            _clipped(db, letter, intent, CueHanded(intent.index, holds_at), now)
        case Summary():
            weekly.delivered(db, intent, now)
        case CoachAlert() | CoachAlerts():
            alerts.delivered(db, letter.key, now)
        case Relayed():
            relay.delivered(db, letter.key, intent, now)


def _cued(
    db: Db, letter: Claimed, session_id: int, event: CueHanded | CueLost, now: datetime
) -> None:
    """A HOLD was handed over, or perhaps not; one whose hold does not run is answered."""
    stored = sessions.get(db, session_id)
    if stored is None or not isinstance(apply_event.happen(db, stored, event, now), Refusal):
        return
    arrived = isinstance(event, CueHanded)
    if arrived or outbox.fate(db, letter.id)[0] is OutboxState.UNSURE:
        stray_cues.answer_hold(db, letter, stored, now)


def _clipped(
    db: Db, letter: Claimed, clip: Clip, event: CueHanded | CueLost, now: datetime
) -> None:
    """A clip was handed over, or perhaps not; one that is not wanted any more is answered."""
    stored = sessions.get(db, clip.session)
    state, error = outbox.fate(db, letter.id)
    if stored is None:
        return
    # Heard of late, one that was given up must not be taken for the HOLD that came in its place.
    waits = stored.value.phase is Phase.CLIP and not (letter.silenced or error == SILENCED)
    if waits and not isinstance(apply_event.happen(db, stored, event, now), Refusal):
        return
    if isinstance(event, CueHanded) or state is OutboxState.UNSURE:
        stray_cues.answer_clip(db, letter, stored, now)


def _strayed(db: Db, letter: Claimed, now: datetime) -> None:
    """Another letter has, or may have, come after its session was silenced."""
    if (
        letter.kind in {Hold.kind(), Clip.kind()}
        or letter.session_id is None
        or letter.edits is not None
    ):
        return
    stored = sessions.get(db, letter.session_id)
    if stored is not None:
        stray_cues.answer(db, letter, stored, now)


def lost(db: Db, letter: Claimed, now: datetime) -> None:
    """A message was not, or perhaps not, delivered, and will not be sent again."""
    if letter.kind in _ALERTS:
        alerts.lost(db, letter.key, now)
    try:
        intent = registry.load(letter.kind, letter.body)
    except UnreadableError:
        unreadable.note(db, letter, now)
    else:
        redact.forget_link(db, letter, intent)
        _follow_loss(db, letter, intent, now)
        if isinstance(intent, _ENCLOSURES) and _made_good(db, letter, intent, now):
            return
        if isinstance(intent, HowTo) and _drawn_instead(db, letter, intent, now):
            return
    state, error = outbox.fate(db, letter.id)
    if (state, error) == (OutboxState.UNSURE, SILENCED):
        _strayed(db, letter, now)
    lost_messages.note(db, letter.kind, state, error, now)


def _made_good(db: Db, letter: Claimed, intent: lost_enclosures.Enclosure, now: datetime) -> bool:
    """Make good a file or picture that did not come against everybody's wish.

    Return whether it is on its way once more, in another form; else its person is told.
    """
    state, error = outbox.fate(db, letter.id)
    too_late = state is OutboxState.DROPPED
    perhaps = state is OutboxState.UNSURE or (too_late and letter.attempts > 0)
    missed = perhaps or too_late or state is OutboxState.FAILED
    if not missed or error in {SILENCED, UNREACHABLE, ABANDONED}:
        return False
    chat_id, key = letter.chat_id, letter.key
    if isinstance(intent, Album) and lost_enclosures.one_by_one(
        db, chat_id, key, intent, now, perhaps=perhaps
    ):
        return True
    lost_enclosures.tell(db, chat_id, key, intent, now, perhaps=perhaps)
    return False


def _drawn_instead(db: Db, letter: Claimed, intent: HowTo, now: datetime) -> bool:
    """Send the drawing where Telegram refuses a coach's own picture; False where it does not."""
    state, error = outbox.fate(db, letter.id)
    refused = state is OutboxState.FAILED and error not in {SILENCED, UNREACHABLE}
    return refused and pictures.lost(db, letter, intent, now)


def _follow_loss(db: Db, letter: Claimed, intent: Message, now: datetime) -> None:
    match intent:
        case Hold():
            _cued(db, letter, intent.session, CueLost(intent.index), now)
        case Clip():
            _clipped(db, letter, intent, CueLost(intent.index), now)
        case Reminder():
            reminders.undelivered(db, intent.occurrence)
        case Relayed():
            relay.undelivered(db, letter.key, intent, now)
        case Menu():
            menus.lost(db, letter.chat_id, now)


def paced(db: Db, rate: float, now: datetime) -> None:
    """Delivery may send `rate` messages a second from now on."""
    start_queue.note_rate(db, rate, now)


def too_many(db: Db, now: datetime) -> None:
    """Telegram refused a message because too many were sent."""
    refusals.note(db, now)


def unreachable(db: Db, chat_id: int, now: datetime) -> None:
    """A person cannot be reached any more: mark it once, silence the chat, tell the coach."""
    person = people.by_telegram(db, chat_id)
    if person is not None and person.id is not None:
        stray_cues.clip_cancelled(db, person.id, now)
    outbox.silence_chat(db, chat_id)
    if person is None or person.id is None or person.unreachable_since is not None:
        return
    person.unreachable_since = now
    db.add(person)
    db.flush()
    alerts.unreachable(db, person.id, now)
    alert = CoachAlert(
        athlete=person.name,
        athlete_id=person.id,
        event=reasons.UNREACHABLE,
        value=None,
        limit=0,
        spot=None,
        at=now,
        zone=person.zone,
    )
    key = f"p{person.id}:unreachable:{now.timestamp():.0f}"
    alerts.alert_coaches(db, person.id, alert, key, now)


def reachable(db: Db, telegram_id: int, now: datetime) -> None:
    """The person wrote: whatever was wrong, they can be reached again."""
    person = people.by_telegram(db, telegram_id)
    if person is not None and person.unreachable_since is not None:
        person.unreachable_since = None
        db.add(person)
        alerts.come_back(db, person, now)
