"""Warning signs, words that may name one, and what lifts a lock."""
