"""The first board: postings, invitations and accepted seats by place and day."""
