"""Hours: what each side says of a shift that was worked, and what is agreed."""
