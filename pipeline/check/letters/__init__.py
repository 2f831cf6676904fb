"""What inboxes will make of each email: size, plain text, links, pictures, contrast, CSS, points for spam."""

from pipeline.check.letters.letter import Letter
from pipeline.check.letters.report import LetterReport, Spam, letter_diagnostics, letter_reports, letters_of
from pipeline.check.letters.rules import LETTER_RULES

__all__ = ["LETTER_RULES", "Letter", "LetterReport", "Spam", "letter_diagnostics", "letter_reports", "letters_of"]
