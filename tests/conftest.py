"""For all tests: durations as the program has them, and no test fails for being slow."""

import gc
import os
from typing import Any, Final

from hypothesis import settings
from sqlalchemy import Connection, Dialect, Engine, event

os.environ["PTB_TIMEDELTA"] = "true"
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

COMPILED: Final[dict[Any, Any]] = {}
DIALECTS: Final[dict[str, Dialect]] = {}


@event.listens_for(Engine, "engine_connect")
def share_compiled(connection: Connection) -> None:
    """Compile a statement once, as a running bot does, and not anew for every test's database."""
    connection.dialect = DIALECTS.setdefault(connection.dialect.name, connection.dialect)
    connection.execution_options(compiled_cache=COMPILED)


def pytest_collection_finish() -> None:
    """Keep what was imported out of every later look for garbage: it stays anyway."""
    gc.collect()
    gc.freeze()
