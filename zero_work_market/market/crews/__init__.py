"""Crews: several roles filled as one, by workers who each say yes."""
