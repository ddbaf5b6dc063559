"""The simulator sees what is broken: each mutant dies, and the bot itself does not."""

import pytest

from tests.simulation.forecast import storm
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.run import Faults, simulate

ATHLETES = 4


def _weather(mutant: Mutant) -> Faults:
    if not mutant.kinds:
        return []
    return lambda town, days: storm(mutant.kinds, town, days)


def _broken(mutant: Mutant, seed: int) -> list[str]:
    report = simulate(
        seed,
        days=mutant.days,
        athletes=ATHLETES,
        faults=_weather(mutant),
        temper=mutant.temper,
        keep=False,
    )
    return report.broken


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_broken_bot_is_noticed(mutant: Mutant) -> None:
    """Within a few seeds a run says what is wrong, in the words of the rule that is broken."""
    said: list[str] = []
    for seed in mutant.seeds:
        with mutant.change():
            said = _broken(mutant, seed)
        if said:
            break
    assert said, "this mutant lives"
    assert mutant.notice in said[0]


STORMS = {mutant.kinds: mutant for mutant in MUTANTS if mutant.kinds}


@pytest.mark.one_database("the known and the fresh seeds show it of both")
@pytest.mark.parametrize("mutant", STORMS.values(), ids=lambda mutant: ",".join(mutant.kinds))
def test_the_bot_itself_lives(mutant: Mutant) -> None:
    """The same storms of faults break no rule of the bot as it is."""
    assert _broken(mutant, mutant.seeds[0]) == []
