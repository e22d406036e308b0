"""What each side says of the other after pay."""
