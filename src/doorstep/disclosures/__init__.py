"""What a law compels to be given out: an act of two people, told to the person, counted in public (charter C21)."""
