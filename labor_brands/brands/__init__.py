"""Labor brands: what a brand code means."""
