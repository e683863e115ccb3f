"""Doorstep: the server behind community family-health work."""

__version__ = "0.1.0"
