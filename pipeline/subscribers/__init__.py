"""People: who they are, what they want, and who must never be written to again."""
