"""The market of one city: facts, people, postings, placements, rights, policies, statistics."""
