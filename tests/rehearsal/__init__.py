"""A published incident, lived through again by pretend people, against the real program in its own process."""
