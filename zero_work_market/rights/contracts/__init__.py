"""What worker and employer agreed, signed by both."""
