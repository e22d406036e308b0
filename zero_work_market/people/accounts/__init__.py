"""Accounts: who logs in, how, and what they may do where."""
