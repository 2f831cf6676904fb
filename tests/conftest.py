"""What holds for every test."""

from hypothesis import settings

# A busy machine is slow, and a slow example is no fault: nothing here is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
