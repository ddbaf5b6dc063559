"""Who lives in a run: athletes with plans and schedules, their coaches, and an admin."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from typing import Final
from zoneinfo import ZoneInfo

from sqlmodel import Session as Db

from bot.accounts.people import bootstrap
from bot.protocol.calendar.local_time import instant
from bot.protocol.dose.dose import Dose, Side
from bot.store import people
from bot.store.engine import Store
from bot.store.tables import Role
from bot.telegram.menu import BUTTON, SHORT, commands_of
from telegram_sandbox import Person, Sandbox
from testkit.people import enrolled, hears, shared

ZONES: Final = (
    "Europe/Berlin",
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kolkata",
)
STARTS: Final = (
    datetime(2026, 10, 21, 3, 0, tzinfo=UTC),  # Berlin and Lisbon leave summer time on the 25th
    datetime(2026, 10, 28, 3, 0, tzinfo=UTC),  # New York on 1 November
    datetime(2027, 3, 10, 3, 0, tzinfo=UTC),  # New York enters it on the 14th
    datetime(2027, 3, 25, 3, 0, tzinfo=UTC),  # Berlin on the 28th, Santiago leaves it on 4 April
    datetime(2026, 12, 27, 3, 0, tzinfo=UTC),  # the year ends
    datetime(2027, 6, 2, 3, 0, tzinfo=UTC),  # nothing special
)
"""When runs begin: before changes of the clocks, and at other times."""
TIMES: Final = ("06:30", "07:00", "07:30", "07:30", "12:00", "18:15", "02:30", "07:00,18:00")

BY_SOUND: Final = 3
"""Of so many athletes one has cues by sound."""
WEEKDAYS: Final = ("0,1,2,3,4,5,6", "0,1,2,3,4,5,6", "0,2,4,5", "1,3,6")


@dataclass(frozen=True, slots=True)
class Athlete:
    """An athlete as enrolled; `name` is unlike any other word, so that it is found in texts."""

    id: int
    person: Person
    name: str
    zone: str
    times: str
    weekdays: str
    dose: Dose
    coaches: tuple[int, ...]


@dataclass(slots=True)
class Town:
    """Everybody in one run. Staff are told by their telegram ids."""

    start: datetime
    athletes: list[Athlete] = field(default_factory=list)
    coaches: list[Person] = field(default_factory=list)
    admins: list[Person] = field(default_factory=list)
    coach_ids: dict[int, int] = field(default_factory=dict)
    """The person's id in the database, by telegram id."""

    @property
    def everybody(self) -> list[Person]:
        """All who have a chat with the bot."""
        return [*(one.person for one in self.athletes), *self.coaches, *self.admins]

    def midnight(self, one: Athlete) -> float:
        """Return the second at which an athlete's first night has its midnight."""
        local = self.start.astimezone(ZoneInfo(one.zone))
        moment = instant((local + timedelta(days=1)).date(), wall(0), one.zone)
        return (moment - self.start).total_seconds()

    def mornings(self, days: int) -> list[float]:
        """Return the seconds since the start at which reminders are planned, in order."""
        found = []
        for one in self.athletes:
            for day in range(days + 1):
                date = (self.start + timedelta(days=day)).date()
                for at in one.times.split(","):
                    moment = instant(date, wall.fromisoformat(at), one.zone)
                    found.append((moment - self.start).total_seconds())
        return sorted(second for second in found if 0 < second < days * 86_400)


def start_of(seed: int) -> datetime:
    """Return when the run of a seed begins."""
    return random.Random(f"{seed}/start").choice(STARTS)


NEW: Final = 10
"""Of so many towns one has a bot of which Telegram knows nothing: it publishes its menu first."""


def introduce(sandbox: Sandbox, seed: int) -> None:
    """Let Telegram know the bot as it was left by an earlier start, unless it is a new one."""
    if seed % NEW == 0:
        return
    commands = [one.to_dict() for one in commands_of([Role.ATHLETE])]
    sandbox.call("setMyCommands", {"commands": json.dumps(commands)})
    sandbox.call("setChatMenuButton", {"menu_button": BUTTON.to_json()})
    sandbox.call("setMyShortDescription", {"short_description": SHORT})


def settle(sandbox: Sandbox, store: Store, seed: int, athletes: int) -> Town:
    """Let people move in: accounts in the sandbox, rows in the database."""
    rng = random.Random(f"{seed}/town")
    town = Town(start_of(seed))
    for number in range(max(1, athletes // 8)):
        town.admins.append(sandbox.person(f"Admin{number}", role="admin", started=True))
    for number in range(max(2, athletes // 4)):
        town.coaches.append(sandbox.person(f"Coach{number}", role="coach", started=True))
    store.write_now(staff, town, lambda: rng.choice(ZONES))
    zones = rng.sample(ZONES, 3)
    for number in range(athletes):
        town.athletes.append(_athlete(sandbox, store, town, rng, number, zones))
    return town


def staff(db: Db, town: Town, zone: Callable[[], str]) -> None:
    """Let the coaches and admins of a town join, each in a zone."""
    bootstrap.ensure(db, [one.id for one in town.admins], town.start)
    for role, found in ((Role.ADMIN, town.admins), (Role.COACH, town.coaches)):
        for one in found:
            person = people.join(db, one.id, one.name, role, town.start)
            person.name, person.zone = one.name, zone()
            db.flush()
            if role is Role.COACH and person.id is not None:
                town.coach_ids[one.id] = person.id


def _athlete(
    sandbox: Sandbox, store: Store, town: Town, rng: random.Random, number: int, zones: list[str]
) -> Athlete:
    name = _named(town, rng, number)
    person = sandbox.person(name, role="athlete", started=True)
    zone, times = rng.choice(zones), rng.choice(TIMES)
    weekdays = rng.choice(WEEKDAYS)
    dose = _dose(rng)
    chosen = rng.sample(town.coaches, rng.choice((0, 1, 1, 1, 2)))
    first = chosen[0].id if chosen else None
    person_id = store.write_now(
        enrolled, person.id, name, dose, first, town.start, zone, times, weekdays
    )
    for coach in chosen[1:]:
        store.write_now(_share, person_id, coach.id, town.start)
    if number % BY_SOUND == 1:
        store.write_now(hears, person_id)
    coaches = tuple(coach.id for coach in chosen)
    return Athlete(person_id, person, name, zone, times, weekdays, dose, coaches)


def _named(town: Town, rng: random.Random, number: int) -> str:
    """Return a name; every third begins like the one before, and ends in another letter."""
    if number % 3 == 2:
        return f"{town.athletes[-1].name[:-1]}{'xz'[number % 2]}"
    return f"Zq{number:02}{''.join(rng.choices('bcdfgklmnprstvw', k=5))}"


def _share(db: Db, athlete_id: int, coach: int, now: datetime) -> None:
    found = people.by_telegram(db, coach)
    assert found is not None
    assert found.id is not None
    db.add(shared(athlete_id, found.id, now))


def _dose(rng: random.Random) -> Dose:
    limit = rng.choice((1, 2, 3, 3, 3, 3, 4))
    return Dose(
        hold_s=rng.choice((5, 8, 10, 12)),
        holds=rng.choice((2, 3, 3, 4)),
        rest_s=rng.choice((5, 10, 15)),
        set_rest_s=30,
        sets=2 if rng.random() < 0.1 else 1,
        side=rng.choice((Side.LEFT, Side.LEFT, Side.RIGHT, Side.BOTH)),
        lead_in_first_s=5,
        pain_limit=limit,
        hard_stop=min(8, limit + rng.choice((1, 2, 3))),
    )
