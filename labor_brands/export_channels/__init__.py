"""Export channels: from a brand or a county to a place of work, with what was agreed, who was sent and who stays."""
