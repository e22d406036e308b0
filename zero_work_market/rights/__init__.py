"""What follows from a seat: agreement, attendance, hours, wages, disputes, ratings."""
