"""Reports what people said that cannot be stored, or not in time, so that it is answered."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, Protocol

from bot.dispatch import updates as dispatch_updates
from bot.dispatch.updates import Arrived
from bot.telegram.update import Manner, Said, narrow

SLOW_S: Final = 1.0
"""What is not stored after so many seconds may never be: the athlete is answered meanwhile."""
WORDS: Final = {
    "release": "<b>RELEASE. Rest.</b>\n"
    "I cannot save anything just now: our fault, sorry. Your set is over for now. "
    "Nothing starts by itself. I will write as soon as I can save again.",
    "rest": "<b>Rest.</b>\n"
    "The next hold does not come: I cannot save anything just now, our fault, sorry. "
    "Nothing starts by itself. I will write as soon as I can save again.",
    "stop": "<b>STOP. Rest.</b>\n"
    "This is not saved yet: I cannot save anything just now, our fault, sorry. "
    "Nothing starts by itself. I will write as soon as it is saved.",
    "not_saved": "This is not saved yet: I cannot save anything just now, our fault, sorry. "
    "If you are in a set: rest, nothing starts by itself. "
    "You need not send it again: I will read it as soon as I can save.",
}


class HearsUnsaved(Protocol):
    """Is told of something that somebody said."""

    def __call__(self, update: str, chat_id: int, *, stop: bool) -> None:
        """Take it up, once for each `update` by that name; `stop` says that it is a STOP."""


Saving = Callable[[Sequence[Arrived]], AbstractContextManager[object]]
"""Is put around what stores these updates, or what follows from them."""


def call(chat_id: int, word: str) -> tuple[str, dict[str, Any]]:
    """Return the call that says a word of `WORDS`; it rings."""
    text = {"chat_id": chat_id, "text": WORDS[word], "parse_mode": "HTML"}
    return "send_message", {**text, "disable_notification": False}


def saving(heard: HearsUnsaved) -> Saving:
    """Return what tells `heard` of updates that the file did not take, or has not taken yet."""

    @contextmanager
    def around(updates: Sequence[Arrived]) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        late = loop.call_later(SLOW_S, _tell, heard, updates)
        try:
            yield
        except Exception as error:
            if dispatch_updates.is_of_the_file(error):
                _tell(heard, updates)
            raise
        finally:
            late.cancel()

    return around


def _tell(heard: HearsUnsaved, updates: Sequence[Arrived]) -> None:
    for update in updates:
        try:
            said = narrow(json.loads(update.payload))
        except (KeyError, TypeError, ValueError):  # no update that anybody could understand
            continue
        if said is not None and said.manner not in {Manner.BLOCKED, Manner.UNBLOCKED}:
            heard(update.known_by, said.telegram_id, stop=_stops(said))


def _stops(said: Said) -> bool:
    if said.manner is Manner.PRESS:
        return said.text.split(":")[1:2] == ["x"]
    return said.is_stop
