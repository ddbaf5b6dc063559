"""Pain noted beside the session's own questions."""
