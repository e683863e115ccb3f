"""A phone's address, and the code ODK Collect sets itself up from. Pages that give out phones say the same."""

from doorstep.access.phones import address, collect_code

__all__ = ["address", "collect_code"]
