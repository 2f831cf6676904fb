"""The numbered links of a plain text: marks between its words, and the list at its end."""


class Links:
    """Addresses met so far, each with its number, in order of first mention."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, url: str) -> int:
        """The address's number."""
        return self._numbers.setdefault(url, len(self._numbers) + 1)

    def noted(self, words: str, url: str) -> str:
        """Words with the number of the address they lead to; the words alone when they lead nowhere."""
        return f"{words}\u00a0[{self.number(url)}]" if url else words

    def listed(self) -> str:
        """The notes: one address a line, never broken."""
        return "\n".join(f"[{number}] {url}" for url, number in self._numbers.items())
