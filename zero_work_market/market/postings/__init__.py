"""Postings: what an employer asks for, and whether it may be published."""
