"""Sending: what a partner region is told, and since when."""
