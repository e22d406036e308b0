"""Bundles: the wire format of the exchange, signed and checked line by line."""
