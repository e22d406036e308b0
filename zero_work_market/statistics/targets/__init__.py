"""What the plan asks for, and how it is allotted to counties."""
