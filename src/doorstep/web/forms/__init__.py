"""Forms of one's own: published by one person, seen and exported by that person alone."""
