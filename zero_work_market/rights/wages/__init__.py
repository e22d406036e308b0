"""Hours that both agree on, wages due by them, and payments with their proof."""
