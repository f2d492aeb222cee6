"""The real program, in one or more processes, under every kind of trouble at once, against the same story in peace."""
