"""What counts the figures outside the ladder: how many, and which rows."""
