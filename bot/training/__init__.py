"""The training day: reminders, sessions, mornings, and what follows from them."""
