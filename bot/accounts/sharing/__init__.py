"""Who coaches whom, and the athlete's consent."""
