"""What is said about load tests, as values. Pain is 0–10."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from bot.conversation.message import Reply


@dataclass(frozen=True, slots=True)
class LoadTestExplained(Reply):
    """What the test is, and how it is noted; `problem` is what was typed and is no pain."""

    topic: ClassVar[str] = "load_test_explained"
    limit: int
    wanted: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LoadTestSaved(Reply):
    """The worst pain of the day's test is saved: within the `limit`, or over it."""

    topic: ClassVar[str] = "load_test_saved"
    value: int
    limit: int
    day: date
    today: date


@dataclass(frozen=True, slots=True)
class NoLoadTestNow(Reply):
    """Sessions are locked, or questions about warning signs are open: no test, nothing saved."""

    topic: ClassVar[str] = "no_load_test_now"
