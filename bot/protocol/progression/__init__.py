"""From one session to the next."""
