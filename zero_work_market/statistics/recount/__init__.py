"""Everything counted again from the evidence alone, and compared."""
