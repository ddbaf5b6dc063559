"""What tests and benchmarks share: virtual time, the Bot API's stand-ins, Telegram's rate rules."""
