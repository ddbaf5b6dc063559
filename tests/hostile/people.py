"""Who is there: people whom nothing here comes from, and those who try."""

from datetime import datetime
from typing import Final

from sqlmodel import Session as Db

from bot.protocol.dose.dose import Dose
from bot.protocol.session import events
from bot.store import people
from bot.store.tables import Role
from bot.training.session import apply_event
from testkit.people import enrolled, shared

MARIA, JONAS, KIM, ADA = 1001, 1002, 1003, 1004
"""Two athletes, Maria's coach, and an admin: nothing here ever comes from them."""
EVE, LEE = 2001, 2002
"""An athlete and a coach without athletes, who try."""
STRANGERS: Final = range(3_000, 3_200)
NAMES: Final = {MARIA: "Maria", JONAS: "Jonas", KIM: "Kim", ADA: "Ada", EVE: "Eve", LEE: "Lee"}
MARIAS_SESSION: Final = 1


def settle(db: Db, now: datetime) -> None:
    """Add everybody; Maria and Eve are in a session, Maria shares with Kim."""
    ids = {who: enrolled(db, who, NAMES[who], Dose(), None, now) for who in (MARIA, JONAS, EVE)}
    for who, role in ((KIM, Role.COACH), (LEE, Role.COACH), (ADA, Role.ADMIN)):
        found = people.join(db, who, NAMES[who], role, now)
        assert found.id is not None
        ids[who] = found.id
    db.add(shared(ids[MARIA], ids[KIM], now))
    for who in (MARIA, EVE):
        stored = apply_event.open_session(db, ids[who], None, now)
        apply_event.happen(db, stored, events.Pain(1), now)


def ids(db: Db, telegram_ids: set[int]) -> set[int]:
    """Return the ids of those of these people who are known."""
    found = (people.by_telegram(db, one) for one in telegram_ids)
    return {one.id for one in found if one is not None and one.id is not None}
