"""Counts from the market's own rows, by place and time. Each opens into the rows that make it."""
