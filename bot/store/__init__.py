"""Tables, queries and migrations: the one durable record."""
