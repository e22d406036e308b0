"""Partners: the regions that are exchanged with, their keys, and what was agreed."""
