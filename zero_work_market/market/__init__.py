"""The market itself: postings, applications, placements, shortlists and the search for work."""
