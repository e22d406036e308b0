"""What the state gives: public-welfare posts, and more to come."""
