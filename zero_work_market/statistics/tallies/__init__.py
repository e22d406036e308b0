"""Standings added up by year, month and region, kept by tasks."""
