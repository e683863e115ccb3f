"""What of counts may leave the care team (charter C16).

``rounding``: one count by itself. ``lines``: counts of the parts of a whole. ``worlds``: what somebody could work out
from everything shown, and what must be hidden against it. ``figures``: indicators as such counts. ``ledger``: what
was shown and hidden before.
"""
