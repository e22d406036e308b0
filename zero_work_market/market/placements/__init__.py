"""Seats accepted, given up and taken away."""
