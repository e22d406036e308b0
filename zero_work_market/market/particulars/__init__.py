"""What a message says of people, hours, board and days."""
