"""The states of a subscriber."""

from enum import StrEnum


class State(StrEnum):
    """Whether somebody gets letters, and if not, why."""

    PENDING = "pending"  # has asked, and has not yet confirmed
    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"  # their mail server refuses for good
    COMPLAINED = "complained"  # told their provider that it is spam

    @property
    def has_left(self) -> bool:
        """Whether only they themselves may come back from it."""
        return self not in (State.PENDING, State.ACTIVE)


LEFT = tuple(state for state in State if state.has_left)
