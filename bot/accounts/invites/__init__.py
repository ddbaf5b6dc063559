"""Links to join and to move: made, listed, used once, blanked."""
