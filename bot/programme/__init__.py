"""What is set for an athlete: schedule, plan, pauses, settings."""
