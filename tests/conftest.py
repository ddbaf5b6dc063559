"""For all tests: durations as the program has them."""

import os

os.environ["PTB_TIMEDELTA"] = "true"
