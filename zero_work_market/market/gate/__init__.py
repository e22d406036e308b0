"""The gate: whether a draft may be published, by the law of its place and day."""
