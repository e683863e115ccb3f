"""A person's own ways in: the card for her own page, and complaints with a code, sealed to the reviewer (C14, C19)."""
