"""Backups: a store as one sealed file, and a store made of such a file again."""
