"""Load beside the holds: what was run, ridden or lifted, and what follows from it (PROTOCOL 7)."""
