"""One seed in a process of a pool: only there all of the bot is loaded, which takes its time."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulation.run import Report


def one(task: tuple[int, int, int, bool, bool]) -> "Report":
    """Run a seed, its days, athletes and so on, as `tests.simulation.run.alone` takes them."""
    from tests.simulation.run import alone  # noqa: PLC0415 - see above

    return alone(*task)
