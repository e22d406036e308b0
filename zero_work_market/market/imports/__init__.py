"""Spreadsheets that towns keep, taken in: previewed, resumable, undone as a whole."""
