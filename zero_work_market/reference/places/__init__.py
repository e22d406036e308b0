"""Places all over China as a text names them: cities, counties, towns."""
