"""From the morning to the next session: credits, steps down and up."""
