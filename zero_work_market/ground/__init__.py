"""What every floor stands on: settings, the database, the outbox, audit, errors, clock, money and privacy."""
