"""The day's reminder, its nudge, and days that were missed."""
