"""How an exercise is done, shown: before its first session, and whenever it is asked for."""
