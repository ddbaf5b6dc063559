"""For all tests: durations as the program has them, and no test fails for being slow."""

import os

from hypothesis import settings

os.environ["PTB_TIMEDELTA"] = "true"
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
