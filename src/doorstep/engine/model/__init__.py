"""The nouns every part of the engine shares: forms as read, packs as written, a person's history."""
