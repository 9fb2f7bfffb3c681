"""What comes in: archived, read, staged, checked; and what became of each revision of each vintage."""
