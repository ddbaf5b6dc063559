"""What coaches read about an athlete's load."""
