"""A pasted message read into drafts of postings: each field with the words that it was read from."""
