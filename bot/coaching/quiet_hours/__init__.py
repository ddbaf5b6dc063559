"""/quiet: when a coach's phone stays silent."""
