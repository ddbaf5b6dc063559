"""Time's edge: the clock, and APScheduler waking what is due."""
