"""How a pasted message is laid out: its characters as they are read, its lines, and the jobs that it is parted into."""
