"""/people: who belongs here."""
