"""The weekly check: three taps on Sunday evening, in one message."""
