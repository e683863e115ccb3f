"""The pages on which two people give out what a law compels, and on which she is told (charter C21)."""
