"""Faults of the whole pipeline, as opposed to findings about one drop.

Every message says what was wrong, where, and what to do. A bad drop never raises one of these.
"""


class ImpactError(Exception):
    """The work cannot go on until someone mends what the message names."""


class HomeBusyError(ImpactError):
    """Somebody else is writing in this home."""
