"""The simulation's own reading of the database agrees with the bot's."""

from datetime import UTC, datetime
from pathlib import Path

from bot.protocol.dose.dose import Dose
from bot.store.engine import Store
from bot.store.migrate import migrate
from tests.simulation.ledger import Ledger
from tests.world import enrolled

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def test_both_name_the_same_time_to_act(tmp_path: Path) -> None:
    """Empty, and with an athlete's next day planned: what comes next is what the bot says."""
    url = f"sqlite:///{tmp_path / 'world.db'}"
    migrate(url)
    ledger = Ledger(tmp_path / "world.db")
    with Store(url, inline=True) as store:
        assert ledger.agrees()
        store.write_now(enrolled, 1001, "Maria", Dose(), None, NOW)
        assert ledger.agrees()
    assert ledger.next()[0] == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    ledger.close()
