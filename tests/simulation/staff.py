"""Coaches and admins: they change plans, limits, schedules, pauses and consents at any time."""

from typing import Final

from telegram_sandbox import Person
from tests.simulation.clockwork import Agenda
from tests.simulation.minds import DAY_S, Mind
from tests.simulation.town import Town

_COACH: Final = (
    "/plan {a} hold={hold} rest=10",
    "/plan {a} holds={holds}",
    "/limits {a} pain={limit} hard={hard}",
    "/schedule {a} {time}",
    "/schedule {a} mon-sun {time}",
    "/pause {a} until tomorrow flu",
    "/resume {a}",
    "/athletes",
    "/athlete {a}",
    "/summary now",
    "/note {a} New shoes",
    "/say {a} How was the hill?",
    "/unlock {a} cleared by Dr Berg on Tuesday",
    "/report {a}",
    "/quiet 21:00-06:30",
)
_ADMIN: Final = (
    *_COACH,
    "/schedule {a} {time} {zone}",
    "/schedule {a} off",
    "/schedule {a} on",
    "/assign {a} #{c}",
    "/assign {a} #{c}",
    "/assign {a} #{c} off",
    "/people",
    "/status",
    "/audit",
    "/backup",
    "/export {a}",
    "/broadcast athletes No holds on Sunday.",
)
_TIMES: Final = ("06:45", "07:00", "07:30", "12:00", "19:00", "07:15 18:30")
_ZONES: Final = ("Europe/Berlin", "Europe/Lisbon", "America/New_York")


class StaffMind(Mind):
    """A coach, or an admin: tries commands about any athlete, their own or not."""

    def __init__(
        self, person: Person, agenda: Agenda, seed: int, town: Town, *, admin: bool
    ) -> None:
        super().__init__(person, agenda, seed)
        self._town = town
        self._texts = _ADMIN if admin else _COACH

    def live(self, days: int) -> None:
        """Plan commands, a few a day."""
        for day in range(days):
            for _ in range(self.rng.choice((0, 1, 2))):
                at = day * DAY_S + self.rng.uniform(0, DAY_S)
                self.later(at, self.say(self._command()))

    def _command(self) -> str:
        limit = self.rng.choice((1, 2, 3, 3, 4))
        return self.rng.choice(self._texts).format(
            a=self._whom(),
            c=self.rng.choice(list(self._town.coach_ids.values())),
            hold=self.rng.choice((5, 6, 9, 12)),
            holds=self.rng.choice((2, 3, 4)),
            limit=limit,
            hard=limit + self.rng.choice((1, 2)),
            time=self.rng.choice(_TIMES),
            zone=self.rng.choice(_ZONES),
        )

    def _whom(self) -> str:
        """Name an athlete by number or name, or by a beginning that two names share."""
        one, way = self.rng.choice(self._town.athletes), self.rng.random()
        if way < 0.7:
            return f"#{one.id}"
        return one.name if way < 0.85 else one.name[:-1]

    def react(self, found: list[list[str]], message_id: int) -> None:
        """Unlock whom an alert names, confirm a step up, press the odd button."""
        for data in found:
            if data[:2] == ["c", "unlock"] and self.chance(0.5):
                words = ["yes"] if data[3:] == ["yes"] else ["cleared by Dr Berg on Tuesday"]
                wait = self.rng.uniform(5, 40_000)
                self.later(wait, self.press(message_id, "c", "unlock", data[2], *words))
                return
            if data[0] == "up" and self.chance(0.5):
                self.later(self.rng.uniform(5, 9_000), self.press(message_id, *data))
                return
        if self.chance(0.1):
            self.later(self.delay() * 3, self.press(message_id, *self.rng.choice(found)))
