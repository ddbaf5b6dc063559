"""For all tests: durations as the program has them, and no test fails for being slow."""

import gc
import os

from hypothesis import settings

os.environ["PTB_TIMEDELTA"] = "true"
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Keep what was imported out of every later look for garbage: it stays anyway."""
    gc.collect()
    gc.freeze()
