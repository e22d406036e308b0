"""Figures against their targets, each opening down to its persons."""
