"""Words about load tests."""

from datetime import datetime
from typing import Final

from bot.conversation.screen import Screen, Words, esc, lines
from bot.protocol.calendar.local_time import say_date
from bot.training.load_test.messages import LoadTestExplained, LoadTestSaved, NoLoadTestNow

WORDS: Final = Words()

WORDS.sentence(
    NoLoadTestNow,
    "No load test now. Your sessions are locked, or the questions about warning signs are open. "
    "Nothing was saved.",
)


@WORDS.of(LoadTestExplained)
def _explained(said: LoadTestExplained, _now: datetime) -> Screen:
    problem = f"“{esc(said.problem[:40])}” is not a pain from 0 to 10." if said.problem else ""
    what = "<b>Load test</b>: three short bridges on one leg, once a day, three days running."
    if not said.wanted:
        not_now = "Your coach does not ask for it now: please do not do it."
        return Screen(text=lines(problem, not_now, what))
    stop = f"Stop when the pain goes over {said.limit}."
    return Screen(text=lines(problem, what, stop, "Then send the worst pain, for example /test 2"))


@WORDS.of(LoadTestSaved)
def _saved(said: LoadTestSaved, _now: datetime) -> Screen:
    over = said.value > said.limit
    then = (
        f"That is over your limit of {said.limit}: rest now, no more of it today." if over else ""
    )
    return Screen(text=lines(f"Test {say_date(said.day, said.today)}: {said.value} – saved.", then))
