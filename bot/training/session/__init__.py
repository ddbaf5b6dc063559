"""One session: start, cues, answers, stop, and how it ends."""
