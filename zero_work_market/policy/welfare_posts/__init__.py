"""Public-welfare posts (公益性岗位, plan 2)."""
