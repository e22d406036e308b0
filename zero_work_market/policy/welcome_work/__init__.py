"""What someone may get who came from elsewhere to work here (来鲁就业)."""
