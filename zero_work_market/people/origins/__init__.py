"""Where workers are at home, and whether they were lifted out of poverty: as told, and as proven."""
