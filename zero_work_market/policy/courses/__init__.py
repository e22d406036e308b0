"""Training (plan 8 and 9): courses, their batches, who came, who passed, and what the state gives for it."""
