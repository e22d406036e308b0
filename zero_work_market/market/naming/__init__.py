"""What a message calls its jobs, and who employs."""
