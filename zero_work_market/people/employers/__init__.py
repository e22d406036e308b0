"""Employers: who offers work, and how they are verified."""
