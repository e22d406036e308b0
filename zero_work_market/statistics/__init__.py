"""Counts from the market's own rows, by place and day. Each opens into the rows that make it."""
