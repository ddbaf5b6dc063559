"""/pause and /resume, by the athlete and by staff."""
