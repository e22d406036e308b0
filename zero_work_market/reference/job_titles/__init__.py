"""What people call occupations, and how such a text is read."""
