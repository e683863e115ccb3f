"""Pure Python, no Django: packs, rules, forms as read, outputs, charter, warehouse."""
