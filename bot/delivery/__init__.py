"""From the outbox to the Bot API."""
