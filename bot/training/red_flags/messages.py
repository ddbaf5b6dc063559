"""Words that a button of the red-flag questions sends."""

NONE = "none"
"""The button that says: nothing of this."""
NONE_AWAY = "fit"
"""The same, where it was asked because of days away: the session begins then."""
