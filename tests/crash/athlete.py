"""Somebody who trains while the bot is killed: reads, and answers by button or word."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Final

from telegram_sandbox import ChatMessage, Entry, Person

STOP: Final = "■ STOP"
WORDS: Final = {0: "0", 1: "one", 2: "2/10", 3: "2,5", 4: "4", 5: "five", 7: "7/10"}
"""How a number is typed; a half rounds up."""
WITHIN: Final = (0, 1, 1, 2)
OVER: Final = (4, 5, 7)


@dataclass
class Athlete:
    """A person with habits of their own, drawn from `rng`. `finishing` is the wish to be done."""

    person: Person
    rng: Random
    finishing: asyncio.Event
    acts: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _answered: object = None

    def hear(self, entry: Entry) -> None:
        """Something happened in some chat; listens to the sandbox's log."""
        if entry.chat_id == self.person.id and entry.kind == "call":
            self._news.set()

    async def train(self) -> None:
        """React to whatever the bot says, a moment later, until cancelled."""
        while True:
            await self._wait()
            await asyncio.sleep(self.rng.uniform(0.02, 0.3 if self.finishing.is_set() else 1.2))
            self.react()

    async def _wait(self) -> None:
        patience = 2.0 if self.finishing.is_set() else 6.0
        try:
            async with asyncio.timeout(patience):
                await self._news.wait()
        except TimeoutError:
            self._answered = None  # nothing came of it: try once more
        self._news.clear()

    def react(self) -> None:
        """Answer the newest message that asks for something, once."""
        asking = [message for message in self.person.chat if message.from_bot and message.buttons]
        if not asking or (self._answered == asking[-1].text and not self._impatient()):
            return
        self._answered = asking[-1].text
        self._answer(asking[-1])

    def _impatient(self) -> bool:
        return self.rng.random() < 0.02

    def _answer(self, asked: ChatMessage) -> None:
        """Press or type what fits the buttons that are there."""
        labels = asked.labels
        start = next((label for label in labels if label.startswith("Start")), None)
        if start is not None:  # in the reminder, or offered as the wish to begin came late
            self._press(start, asked)
        elif "3" in labels:
            self._give_pain(asked)
        elif "Go on" in labels:
            stays = self.rng.random() < 0.9 and not self.finishing.is_set()
            self._press("Go on" if stays else "Finish for today", asked)
        elif "Tired" in labels:
            self._press(self.rng.choice(("Tired", "Cramp", "Pain", "Other")), asked)
        elif "None of these" in labels:
            self._press("None of these", asked)
        elif STOP in labels and (self.finishing.is_set() or self.rng.random() < 0.06):
            self._stop(asked)

    def _give_pain(self, asked: ChatMessage) -> None:
        over = self.rng.random() < 0.08
        value = self.rng.choice(OVER if over else WITHIN)
        self._say_pain(value, asked)
        if self.rng.random() < 0.1:  # a second tap on the same number
            self._say_pain(value, asked)
        if self.rng.random() < 0.06:  # a correction upward
            self._say_pain(self.rng.choice(OVER), asked)

    def _say_pain(self, value: int, asked: ChatMessage) -> None:
        if self.rng.random() < 0.4:
            self._type(WORDS[value])
        else:
            self._press(str(value), asked)

    def _stop(self, asked: ChatMessage) -> None:
        if self.rng.random() < 0.5:
            self._press(STOP, asked)
        else:
            self._type(self.rng.choice(("stop", "STOP!", "/stop")))

    def _press(self, label: str, on: ChatMessage) -> None:
        self.acts += 1
        self.person.tap(label, on=on)

    def _type(self, text: str) -> None:
        self.acts += 1
        self.person.say(text)
