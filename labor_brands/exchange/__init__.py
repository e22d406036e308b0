"""The exchange: what came from partner regions, and who came of it."""
