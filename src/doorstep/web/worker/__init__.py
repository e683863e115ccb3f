"""Screens of those who visit: today, families, one person, filling a form, finding someone."""
