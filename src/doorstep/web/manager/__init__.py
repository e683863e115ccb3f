"""Screens for the manager."""
