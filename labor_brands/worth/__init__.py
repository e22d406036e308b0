"""What a brand is worth to who holds it, measured against comparable hires."""
