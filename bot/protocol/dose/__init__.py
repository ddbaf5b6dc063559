"""What an athlete is asked to hold."""
