"""What a warehouse keeps, held against what was noted of it; and what can be put right of it."""
