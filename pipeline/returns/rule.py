"""The rule by which returns take somebody off the list, stated once.

- **Dead** (5.1.1 and its like): bounced at the first, and the address suppressed.
- **Complained**: complained at the first, and the address suppressed.
- **Refused** (a full mailbox, one that is switched off, days without an answer): counted. `LETTERS` different
  letters, planned within `WITHIN` and the first at least `APART` before the last, make it bounced and suppressed.
- **Ours** (policy, content, size), delayed, arrived, automatic: never.

Moments are those at which letters were planned: it makes no difference when the mailbox is read.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

LETTERS = 5
APART = timedelta(days=14)
WITHIN = timedelta(days=60)


def is_worn_out(planned: Sequence[datetime]) -> bool:
    """Whether a mailbox that refused the letters planned then is given up; the moments in any order."""
    moments = sorted(planned)
    for first in range(len(moments)):
        within = [moment for moment in moments[first:] if moment - moments[first] <= WITHIN]
        if len(within) >= LETTERS and within[-1] - within[0] >= APART:
            return True
    return False
