"""What a coach reads about days: plain values, counted once."""
