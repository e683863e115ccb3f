"""A person's own page: no account and no phone of her own, a printed code and a word she chose."""
