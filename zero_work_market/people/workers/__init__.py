"""Workers: who looks for work, one row a person."""
