"""/unlock: an athlete may train again."""
