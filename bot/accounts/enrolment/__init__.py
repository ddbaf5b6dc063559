"""Joining: from a link to an athlete with a plan, one question at a time."""
