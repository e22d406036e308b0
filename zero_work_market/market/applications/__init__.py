"""Invitations, queue places and answers."""
