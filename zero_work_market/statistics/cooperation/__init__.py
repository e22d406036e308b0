"""Who came from elsewhere to work here, and of them the lifted out of poverty (plan 4)."""
