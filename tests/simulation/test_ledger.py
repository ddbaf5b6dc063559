"""The simulation's own reading of the database agrees with the bot's."""

from datetime import UTC, datetime
from pathlib import Path

from bot.protocol.dose.dose import Dose
from testkit.database import made, opened
from testkit.people import enrolled
from tests.simulation.kept import kept_at
from tests.simulation.ledger import Ledger

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def test_both_name_the_same_time_to_act(tmp_path: Path) -> None:
    """Empty, and with an athlete's next day planned: what comes next is what the bot says."""
    with opened(tmp_path / "world.db") as store:
        ledger = Ledger(kept_at(made(tmp_path / "world.db")))
        assert ledger.agrees()
        store.write_now(enrolled, 1001, "Maria", Dose(), None, NOW)
        assert ledger.agrees()
    assert ledger.next()[0] == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    ledger.close()
