"""The coach's day and week."""
