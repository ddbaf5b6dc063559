"""Alerts to the coaches an athlete consented to."""

from datetime import datetime

from sqlmodel import Session as Db

from bot.flows import intents
from bot.flows.post import post
from bot.store import people


def alert_coaches(
    db: Db, athlete_id: int, intent: intents.CoachAlert, key: str, now: datetime
) -> None:
    """Put an alert into the outbox for every coach the athlete consented to."""
    for coach in people.coaches_of(db, athlete_id):
        post(db, coach.telegram_id, intent, now, key=f"{key}:to{coach.id}")
