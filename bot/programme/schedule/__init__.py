"""/schedule: an athlete's days, times and zone, set by staff."""
