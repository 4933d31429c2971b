"""Faults of the whole pipeline, as opposed to findings about one drop.

Every message says what was wrong, where, and what to do. A bad drop never raises one of these.
"""

FAULT, BUSY = 3, 4
"""What a command exits with on a fault of the whole pipeline, and when somebody else is writing."""


class ImpactError(Exception):
    """The work cannot go on until someone mends what the message names."""


class HomeBusyError(ImpactError):
    """Somebody else is writing in this home."""


class DiskFullError(ImpactError):
    """There is no room to write: true of the whole home, not of one file in it."""
