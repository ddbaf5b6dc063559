"""What an athlete says while a session is live."""
