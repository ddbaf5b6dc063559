"""Plain values in, text and pictures out."""
