"""How files become partitions, and that their answers do not depend on it."""
