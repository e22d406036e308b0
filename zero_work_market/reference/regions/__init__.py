"""Where: Jining's counties and towns with their positions, Chongqing's districts, and who lies under whom."""
