"""The question of the morning after."""
