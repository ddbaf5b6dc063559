"""/test: the worst pain of three short bridges on one leg, where a coach asks for it."""
