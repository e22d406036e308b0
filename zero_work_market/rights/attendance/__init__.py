"""Who came when, who did not, and what they say to it."""
