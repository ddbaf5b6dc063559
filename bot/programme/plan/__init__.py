"""/plan and /limits: an athlete's dose and pain limits."""
