"""What the law and its notices say, as dated data with sources, and the reader that finds unlawful wording."""
