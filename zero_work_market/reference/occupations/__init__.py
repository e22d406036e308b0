"""What work: the 2022 classification as a tree, and the gig trades in everyday words."""
