"""Looking for work: by fit from the engine, or by distance and time only."""
