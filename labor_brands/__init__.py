"""What a brand code and a channel code mean, and the exchange with partner regions."""
