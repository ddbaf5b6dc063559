"""Who runs beside the holds: notes it or forgets it, late or twice, by hand or by a watch's file.

A runner sits beside the athlete's mind, with dice of its own: what it does changes no other draw.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from telegram_sandbox import Person
from tests.simulation.clockwork import Agenda
from tests.simulation.minds import DAY_S, Mind
from tests.watches.samples import gpx, run, tcx

_LINES: Final = (
    *("run 40 4", "run 40 4 uphill", "run 60 5 hills trail", "bike 1h 3", "run 10 km 50 min 5"),
    *("/load none", "/load none sit", "run 35 3 yesterday", "swim 30 4 3 days ago", "rest day"),
    *("run 40", "run", "gym 40 6 deadlift", "run 40 14", "run 30 2 tomorrow", "run 45 4 hips"),
    *("/load", "/check", "/tips off", "/tips on", "/test 2"),
)
_KINDS: Final = (("run.fit", run), ("run.gpx", gpx), ("run.tcx", tcx))


class Runner(Mind):
    """An athlete's other life. Each outing has been over for a while when its file is sent."""

    def __init__(self, person: Person, agenda: Agenda, seed: int, start: datetime) -> None:
        super().__init__(person, agenda, seed)
        self.rng.seed(f"{seed}/{person.name}/runs")
        self._start = start
        self.runs = self.chance(0.6)

    def live(self, days: int) -> None:
        """Plan the outings."""
        if not self.runs:
            return
        for day in range(days):
            at = day * DAY_S + self.rng.uniform(0, DAY_S)
            if self.chance(0.55):
                self.later(at, self.say(self.rng.choice(_LINES)))
            elif self.chance(0.4):
                self._send(at)

    def _send(self, at: float) -> None:
        """Send a file, perhaps the same run once more in another form, perhaps a broken one."""
        ago = self.rng.uniform(3_600, 2 * DAY_S)
        for _ in range(self.rng.choice((1, 1, 2, 3))):
            name, make = self.rng.choice(_KINDS)
            cut = self.chance(0.1)
            self.later(at, self._file(name, make, at, ago, cut=cut))
            later = self.rng.uniform(1, 4_000)
            at, ago = at + later, ago + later

    def _file(
        self, name: str, make: Callable[..., bytes], at: float, ago: float, *, cut: bool
    ) -> Callable[[], object]:
        """Return the act of sending; the outing is the same however late its file comes."""
        start = (self._start + timedelta(seconds=at - ago)).replace(microsecond=0)
        data = make(start)
        return lambda: self.person.send_document(name, data[: len(data) // 2] if cut else data)

    def react(self, found: list[list[str]], message_id: int) -> None:
        """Rate what was saved, answer the week's questions, or leave it."""
        verbs = {one[0] for one in found}
        if not self.runs or not verbs & {"d", "h"} or not self.chance(0.5):
            return
        mine = [one for one in found if one[0] in {"d", "h"}]
        self.later(self.delay(), self.press(message_id, *self.rng.choice(mine)))
