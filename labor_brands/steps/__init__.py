"""A worker's three steps: trained, at work, with rights kept."""
