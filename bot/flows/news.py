"""What became of a message, and what follows from it."""

from datetime import datetime

from sqlmodel import Session as Db
from sqlmodel import select

from bot.flows import intents, link_letters, reminders, training
from bot.flows.alerts import alert_coaches
from bot.flows.house import menus
from bot.flows.intents import CoachAlert, CoachTold, Hold, Menu, Reminder, Summary
from bot.flows.post import post
from bot.flows.summaries import weekly
from bot.protocol.events import CueHanded, CueLost
from bot.store import outbox, people, sessions
from bot.store.outbox import Claimed
from bot.store.tables import AssignmentRow, PersonRow


def sent(db: Db, letter: Claimed, handed_at: datetime, now: datetime) -> None:
    """A message was handed over at `handed_at` and Telegram has confirmed it."""
    intent = intents.load(letter.kind, letter.body)
    link_letters.forget_link(db, letter, intent)
    match intent:
        case Hold():
            stored = sessions.get(db, intent.session)
            if stored is not None:
                training.happen(db, stored, CueHanded(intent.index, handed_at), now)
        case Reminder():
            reminders.delivered(db, intent.occurrence, now)
        case Summary():
            weekly.delivered(db, intent, now)
        case CoachAlert():
            _coach_was_told(db, letter, intent, now)


def lost(db: Db, letter: Claimed, now: datetime) -> None:
    """A message was not, or perhaps not, delivered, and will not be sent again."""
    intent = intents.load(letter.kind, letter.body)
    link_letters.forget_link(db, letter, intent)
    match intent:
        case Hold():
            stored = sessions.get(db, intent.session)
            if stored is not None:
                training.happen(db, stored, CueLost(intent.index), now)
        case Reminder():
            reminders.undelivered(db, intent.occurrence)
        case Menu():
            menus.lost(db, letter.chat_id, now)


def unreachable(db: Db, chat_id: int, now: datetime) -> None:
    """A person can not be reached any more: mark it once, silence the chat, tell the coach."""
    outbox.silence_chat(db, chat_id)
    person = people.by_telegram(db, chat_id)
    if person is None or person.id is None or person.unreachable_since is not None:
        return
    person.unreachable_since = now
    db.add(person)
    db.flush()
    alert = CoachAlert(
        athlete=person.name,
        athlete_id=person.id,
        event="unreachable",
        value=None,
        limit=0,
        spot=None,
        at=now,
        zone=person.zone,
    )
    key = f"p{person.id}:unreachable:{now.timestamp():.0f}"
    alert_coaches(db, person.id, alert, key, now)


def reachable(db: Db, telegram_id: int) -> None:
    """The person wrote: whatever was wrong, they can be reached again."""
    person = people.by_telegram(db, telegram_id)
    if person is not None and person.unreachable_since is not None:
        person.unreachable_since = None
        db.add(person)


def _coach_was_told(db: Db, letter: Claimed, intent: CoachAlert, now: datetime) -> None:
    """Tell the athlete, now that it is true."""
    athlete = db.get(PersonRow, intent.athlete_id)
    coach = people.by_telegram(db, letter.chat_id)
    if athlete is None or coach is None or intent.event == "unreachable":
        return
    assigned = db.exec(
        select(AssignmentRow).where(
            AssignmentRow.athlete_id == intent.athlete_id, AssignmentRow.coach_id == coach.id
        )
    ).one_or_none()
    if assigned is not None:
        key = f"{letter.key}:told"
        post(db, athlete.telegram_id, CoachTold(coach.name), now, key=key)
