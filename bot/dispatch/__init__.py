"""What knows all capabilities: commands, due rows, updates, delivery events, upkeep."""
