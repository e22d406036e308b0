"""What happens after a commit: events of the outbox, and what beat asks for at its times."""
