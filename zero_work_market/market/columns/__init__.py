"""Rows of workers and postings as the columns that the engine takes."""
