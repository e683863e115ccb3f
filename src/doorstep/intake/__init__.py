"""The one door. ``door.accept(content, by=)`` takes in a filled form; everything else follows from it."""
