"""Complaints about wages, from one tap to the arbitration office."""
