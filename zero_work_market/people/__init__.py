"""Who takes part: accounts and what they may do, workers, employers."""
