"""Rows to columns to the engine to a ranked list with its reasons; and the invitations that follow."""
