"""People as they are: they answer at once, late, twice, wrongly, or not at all.

A mind sees what comes into its chat and plans what its person does next. Everything is drawn from
a generator of its own, so that one person's luck does not depend on another's.
"""

import random
from collections.abc import Callable
from typing import Any, Final

from telegram_sandbox import Person
from telegram_sandbox.log import CALL, Entry
from testkit.world import DOT
from tests.simulation.clockwork import Agenda
from tests.simulation.temper import Temper

DAY_S: Final = 86_400.0


class Mind:
    """Somebody in front of a phone. `busy` ends when the run does: then they fall silent."""

    def __init__(self, person: Person, agenda: Agenda, seed: int) -> None:
        self.person = person
        self.rng = random.Random(f"{seed}/{person.name}")
        self.silent = False
        self.plays_s = 0.0
        """How long the sound lasts that has just come."""
        self.written: list[tuple[int, str]] = []
        """The messages that this person wrote, and what they said at first."""
        self._agenda = agenda

    # ---- seeing ------------------------------------------------------------------------

    def see(self, entry: Entry) -> None:
        """Look at a message that came or changed, and plan what to do about it."""
        if self.silent or entry.kind != CALL or not entry.ok or not isinstance(entry.result, dict):
            return
        found = _buttons(entry.result)
        self.plays_s = float((entry.result.get("audio") or {}).get("duration", 0))
        if found:
            self.react(found, int(entry.result["message_id"]))

    def react(self, found: list[list[str]], message_id: int) -> None:
        """Plan what to do about a message with buttons; `found` is their data, split."""

    def live(self, days: int) -> None:
        """Plan what this person does by themselves, so many days."""

    # ---- acting ------------------------------------------------------------------------

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Plan an act; somebody who has fallen silent or blocked the bot does nothing."""

        def perhaps() -> None:
            if not self.silent and not self.person.blocked:
                act()

        self._agenda.after(seconds, perhaps)

    def press(self, message_id: int, *data: object) -> Callable[[], object]:
        """Return the act of pressing a button."""
        text = ":".join(["1", *map(str, data)])
        return lambda: self.person.press(text, message_id)

    def say(self, text: str) -> Callable[[], object]:
        """Return the act of writing."""
        return lambda: self.written.append((self.person.say(text).id, text))

    def edit(self, text: str | None = None) -> None:
        """Edit one of the last messages: to another text, or to the same once more."""
        if self.written:
            message, before = self.rng.choice(self.written[-4:])
            self.person.edit(message, before if text is None else text)

    def forward(self) -> None:
        """Forward one of the last messages into the chat."""
        if self.written:
            self.person.forward(self.rng.choice(self.written[-4:])[0])

    def chance(self, part: float) -> bool:
        """Throw a die."""
        return self.rng.random() < part

    def delay(self) -> float:
        """Return how long an answer takes: mostly a moment, sometimes far too long."""
        kind = self.rng.random()
        if kind < 0.62:
            return self.rng.uniform(0.6, 8)
        if kind < 0.86:
            return self.rng.uniform(8, 25)
        return self.rng.uniform(25, 170) if kind < 0.95 else self.rng.uniform(170, 1200)


def _buttons(message: dict[str, Any]) -> list[list[str]]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or []
    data = (button.get("callback_data") for row in rows for button in row)
    return [found.split(":")[1:] for found in data if found]


class AthleteMind(Mind):
    """An athlete: trains, feels pain, makes mistakes."""

    def __init__(
        self, person: Person, agenda: Agenda, seed: int, temper: Temper, midnight: float = 0.0
    ) -> None:
        super().__init__(person, agenda, seed)
        self._temper, self._midnight = temper, midnight
        self.eager = self.rng.choice(temper.eager)
        self.base = self.rng.choice(temper.pains)
        self._questions: list[tuple[int, list[str]]] = []
        self._breaks: list[tuple[int, list[list[str]]]] = []
        self._morning: tuple[int, list[str]] | None = None
        self._table: dict[str, Callable[[list[list[str]], int], None]] = {
            "p": self._asked_pain,
            "r": self._asked_why,
            "g": self._asked_choice,
            "o": self._reminded,
            "m": self._asked_morning,
            "F": self._screened,
            "k": self._asked_skip,
            "y": self._asked_missed,
            "c": self._asked_sharing,
            "x": self._cued,
        }

    def react(self, found: list[list[str]], message_id: int) -> None:
        """Answer what is asked first."""
        verbs = {one[0] for one in found}
        for verb, reaction in self._table.items():
            if verb in verbs:
                reaction([one for one in found if one[0] == verb], message_id)
                return

    # ---- in a session ------------------------------------------------------------------

    def _pain(self, about: int = 0) -> int:
        if about > 0 and self.chance(self._temper.climbs):
            return self.base + 1
        kind = self.rng.random()
        if kind < 0.8:
            return max(0, min(10, self.base + self.rng.choice((-1, 0, 0, 0, 1))))
        return self.rng.randint(0, 4) if kind < 0.92 else self.rng.randint(3, 10)

    def _asked_pain(self, found: list[list[str]], message_id: int) -> None:
        self._questions.append((message_id, found[0]))
        if self.chance(0.05):
            return
        value, wait = self._pain(int(found[0][2])), self.delay()
        if self.plays_s:
            self._cued([["x", found[0][1]]], message_id)
            wait += self.plays_s * self.rng.choice((0.3, 1, 1, 1, 1, 1))
        press = self.press(message_id, *found[0][:-1], value)
        temper, way = self._temper, self.rng.random()
        if way < temper.slips:
            self.later(wait, press)
            self.later(wait + self.rng.uniform(1, 20), self.say("/undo"))
        elif way < temper.slips + temper.odd:
            self._answered_oddly(wait, value)
        elif way < temper.slips + temper.odd + temper.typed:
            self.later(wait, self.say(self.rng.choice(_TYPED).format(value)))
        else:
            self._pressed(wait, press, found[0])

    def _pressed(self, wait: float, press: Callable[[], object], data: list[str]) -> None:
        """Press a number: once, twice, and another one, or after saying something else."""
        way = self.rng.random()
        if way < 0.82:
            self.later(wait, press)
        elif way < 0.89:
            self.later(wait, press)
            self.later(wait + self.rng.uniform(0.05, 1), press)
        elif way < 0.96:
            self.later(wait, press)
            other = self.press(self._questions[-1][0], *data[:-1], self._pain())
            self.later(wait + self.rng.uniform(0.05, 4), other)
        else:
            self.later(wait, self._nonsense)
            self.later(wait + self.delay(), press)

    def _answered_oddly(self, wait: float, value: int) -> None:
        """Answer by a reply, an edit, a picture's caption or a forward, or another question."""
        way = self.rng.randrange(5)
        if way == 0:
            question = self.rng.choice(self._questions[-2:])[0]
            self.later(wait, lambda: self.person.reply(question, str(value)))
        elif way == 1:
            self.later(wait, lambda: self.edit(str(value)))
        elif way == 2:
            self.later(wait, lambda: self.person.send_photo(DOT, caption=str(value)))
        elif way == 3:
            self.later(wait, self.forward)
        else:
            message, data = self.rng.choice(self._questions[-3:])
            self.later(wait, self.press(message, *data[:-1], value))

    def _nonsense(self) -> None:
        if self.chance(0.3):
            self.person.send_sticker()
        else:
            self.person.say(self.rng.choice(("hm", "it was ok", "11", "-1", "what?", "🙂")))

    def _cued(self, found: list[list[str]], message_id: int) -> None:
        """HOLD, get set or rest: mostly nothing is done; now and then something goes wrong."""
        if not self.chance(self._temper.unrest):
            return
        wait, session = self.rng.uniform(0, self._temper.within_s), found[0][1]
        act = self.rng.choices(_UNREST, weights=[one[0] for one in _UNREST])[0][1]
        if self._temper.acts:
            act = self.rng.choice(self._temper.acts)
        if act == "stop":
            self.later(wait, self.press(message_id, "x", session))
        elif act == "word":
            self.later(wait, self.say(self.rng.choice(("stop", "STOP!", "/stop", "Stop it hurts"))))
        elif act == "flag":
            self.later(wait, self.press(message_id, "n", session))
        elif act == "number":
            self.later(wait, self.say(f"{self.rng.randint(0, 10)}"))
        elif act == "words":
            self.later(wait, self.say(self.rng.choice(_COMPLAINTS)))
        elif act in self._odd:
            self.later(wait, self._odd[act])
        elif act == "block":
            self._block(wait)
        else:
            self.later(wait, self.say(act))

    @property
    def _odd(self) -> dict[str, Callable[[], object]]:
        """What may be done in a cue's time besides pressing and writing."""
        return {
            "higher": self._correct,
            "edit": lambda: self.edit(str(self.rng.randint(0, 6)) if self.chance(0.6) else None),
            "forward": self.forward,
            "caption": lambda: self.person.send_photo(DOT, caption=f"{self.rng.randint(0, 10)}"),
            "morning": self._answer_morning,
            "old break": self._go_on_from_before,
        }

    def _correct(self) -> None:
        """Press another number at a question that was answered before."""
        if self._questions:
            message_id, data = self.rng.choice(self._questions[-2:])
            value = min(10, self._pain() + self.rng.randint(1, 5))
            self.press(message_id, *data[:-1], value)()

    def _answer_morning(self) -> None:
        """Press a number of the last morning's question."""
        if self._morning is not None:
            message_id, data = self._morning
            self.press(message_id, *data[:-1], self.rng.randint(0, 10))()

    def _go_on_from_before(self) -> None:
        """Press "Go on" of any of the last breaks."""
        if self._breaks:
            message_id, found = self.rng.choice(self._breaks[-3:])
            self.press(message_id, *found[0])()

    def _block(self, wait: float) -> None:
        self.later(wait, self.person.block)
        self._agenda.after(wait + self.rng.uniform(5, 2 * DAY_S), self.person.unblock)
        self._agenda.after(wait + 2 * DAY_S + 5, self._come_back)

    def _come_back(self) -> None:
        if not self.person.blocked:
            self.person.say("/start")

    def _asked_why(self, found: list[list[str]], message_id: int) -> None:
        if self.chance(0.8):
            reasons = ("pain", "pain", "tired", "tired", "cramp", "other", "sharp", "numb")
            reason = self.rng.choice(reasons)
            if self.chance(0.2):
                self.later(self.delay(), self.say(reason))
            else:
                self.later(self.delay(), self.press(message_id, "r", found[0][1], reason))

    def _asked_choice(self, found: list[list[str]], message_id: int) -> None:
        self._breaks.append((message_id, found))
        if self.chance(self._temper.old):
            self.later(self.rng.uniform(0.6, 8), self._go_on_from_before)
            return
        if self.chance(0.85):
            what = "g" if self.chance(0.7) else "f"
            self.later(self.delay(), self.press(message_id, what, *found[0][1:]))

    # ---- around it ---------------------------------------------------------------------

    def _reminded(self, found: list[list[str]], message_id: int) -> None:
        occurrence, way = found[0][1], self.rng.random()
        if way < self.eager:
            start = self.press(message_id, "o", occurrence, "start")
            self.later(self.delay() * self.rng.choice((1, 1, 30)), start)
            if self.chance(0.05):
                self.later(self.delay(), start)
        elif way < self.eager + 0.1 and ["o", occurrence, "15"] in found:
            span = self.rng.choice(("15", "15", "60"))
            self.later(self.delay(), self.press(message_id, "o", occurrence, span))
        elif way < self.eager + 0.18:
            self.later(self.delay(), self.press(message_id, "o", occurrence, "skip"))
            if self.chance(0.3):
                back = self.press(message_id, "o", occurrence, "unskip")
                self.later(self.rng.uniform(10, 4000), back)
        elif way < self.eager + 0.25:
            self.later(self.rng.uniform(60, 20_000), self.say("/session"))

    def _asked_skip(self, found: list[list[str]], message_id: int) -> None:
        reasons = [one for one in found if one[0] == "k"]
        if reasons and self.chance(0.6):
            self.later(self.delay(), self.press(message_id, *self.rng.choice(reasons)))

    def _asked_morning(self, found: list[list[str]], message_id: int) -> None:
        self._morning = (message_id, found[0])
        if self.chance(0.7):
            value = self._pain() if self.chance(0.8) else self.rng.randint(0, 6)
            self.later(self.delay() * 5, self.press(message_id, *found[0][:-1], value))

    def _screened(self, found: list[list[str]], message_id: int) -> None:
        if self.chance(0.85):
            none = found[-1]
            flag = self.rng.choice(found) if self.chance(0.15) else none
            self.later(self.delay(), self.press(message_id, *flag))

    def _asked_missed(self, found: list[list[str]], message_id: int) -> None:
        if self.chance(0.5):
            self.later(self.delay(), self.press(message_id, *self.rng.choice(found)))

    def _asked_sharing(self, found: list[list[str]], message_id: int) -> None:
        if found[0][1] == "coach" and self.chance(0.8):
            self.later(self.delay() * 4, self.press(message_id, *self.rng.choice(found)))

    def live(self, days: int) -> None:
        """Plan the odd command: at any hour, also in the middle of a session."""
        for day in range(days):
            for _ in range(self.rng.choice(self._temper.often)):
                at = day * DAY_S + self.rng.uniform(0, DAY_S)
                self.later(at, self.say(self.rng.choice(self._temper.own)))
                if self.chance(0.1):
                    self._travel(at)
                if self.chance(0.03):
                    self._block(at)
            if self.chance(self._temper.nights):
                self._train_by_night(day * DAY_S + self._midnight)

    def _train_by_night(self, midnight: float) -> None:
        """Train a little before midnight, and want to again a little after."""
        self.later(midnight - self.rng.uniform(0, 300), self.say("/session"))
        for _ in range(2):
            self.later(midnight + self.rng.uniform(0, 1_500), self.say("/session"))

    def _travel(self, at: float) -> None:
        """Change the zone, by the settings and a typed name."""
        zone = self.rng.choice(("Europe/Lisbon", "America/New_York", "Asia/Kolkata", "Berlin"))

        def ask() -> None:
            shown = self.person.say("/settings")
            self.person.press("1:s:zone", shown.id)

        self.later(at, ask)
        self.later(at + self.rng.uniform(2, 60), self.say(zone))


_TYPED: Final = ("{}", "{}", "{}/10", " {} ", "pain {}", "{},0")
_COMPLAINTS: Final = (
    *("numb", "sharp", "pop", "it is sharp", "my leg is numb"),
    *("it is an 8", "8 ouch", "pain 8", "more than 5", "that was a 9!"),
)
_UNREST: Final = (
    (4.0, "stop"),
    (2.5, "word"),
    (1.0, "flag"),
    (0.5, "/flag"),
    (2.5, "higher"),
    (1.5, "number"),
    (1.5, "words"),
    (1.5, "edit"),
    (0.7, "forward"),
    (0.7, "caption"),
    (0.7, "morning"),
    (0.7, "old break"),
    (0.5, "block"),
    (1.5, "/pause"),
    (1.5, "/undo"),
    (0.7, "/session"),
    (0.5, "/next"),
    (0.7, "/pain 5"),
)
"""What an athlete may do while nothing is asked, and how likely each is beside the others."""
