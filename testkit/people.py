"""People as rows: athletes with a plan and a next day, coaches, admins; who shares with whom."""

from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.accounts.people import bootstrap
from bot.protocol.dose.dose import Dose
from bot.protocol.session.state import Cues
from bot.store import agreed, people, sessions
from bot.store.sessions import Stored
from bot.store.tables import AssignmentRow, AthleteRow, Role
from bot.training import occurrences

BERLIN: Final = "Europe/Berlin"


def id_of(db: Db, telegram_id: int) -> int:
    """Return the id of a known person."""
    found = people.by_telegram(db, telegram_id)
    assert found is not None
    assert found.id is not None
    return found.id


def joined(
    db: Db, telegram_id: int, name: str, role: Role, now: datetime, zone: str | None = None
) -> int:
    """Store a person with a role, in a zone if one is given; return the id."""
    found = people.join(db, telegram_id, name, role, now)
    assert found.id is not None
    if zone is not None:
        found.zone = zone
    return found.id


def enrolled(
    db: Db,
    telegram_id: int,
    name: str,
    dose: Dose,
    coach: int | None,
    now: datetime,
    zone: str = BERLIN,
    times: str = "07:30",
    weekdays: str = "0,1,2,3,4,5,6",
) -> int:
    """Store an athlete with a plan and the next occurrence; return the id.

    `coach` is the Telegram id of a coach to whom the athlete consented.
    """
    athlete_id = joined(db, telegram_id, name, Role.ATHLETE, now, zone)
    row = AthleteRow(
        person_id=athlete_id,
        consent_version=agreed.USE,
        consented_at=now,
        times=times,
        weekdays=weekdays,
    )
    occurrences.make_room(row)
    db.add(row)
    db.add(sessions.plan_row(athlete_id, 1, dose, now))
    db.flush()
    if coach is not None:
        db.add(shared(athlete_id, id_of(db, coach), now))
    occurrences.plan_next(db, athlete_id, now)
    return athlete_id


def hears(db: Db, athlete_id: int) -> None:
    """Let an athlete's holds be cued by sound."""
    row = people.athlete(db, athlete_id)
    row.cues = Cues.SOUND
    db.add(row)


def shared(athlete_id: int, coach_id: int, now: datetime) -> AssignmentRow:
    """Return the consent to a coach, with the wording that is asked for now."""
    return AssignmentRow(
        athlete_id=athlete_id, coach_id=coach_id, consented_at=now, consent_version=agreed.SHARING
    )


def staff(db: Db, telegram_id: int, name: str, role: Role, now: datetime, zone: str = "UTC") -> int:
    """Store a coach, or an admin whom the settings name; return the id."""
    if role is Role.ADMIN:
        bootstrap.ensure(db, [telegram_id], now)
    person_id = joined(db, telegram_id, name, role, now, zone)
    people.person(db, person_id).name = name
    return person_id


def newest(db: Db, telegram_id: int) -> Stored:
    """Return a person's newest session."""
    found = sessions.newest(db, id_of(db, telegram_id))
    assert found is not None
    return found
