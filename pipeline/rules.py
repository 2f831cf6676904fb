"""Every diagnostic that partwork can give: one code, one rule, one paragraph of the reference.

A code never changes its meaning. By hundred: 1xx configuration and files, 2xx front matter, 3xx bodies and
links, 4xx schedule, 5xx blocks and related parts, 6xx templates, 7xx email editions.
``docs/reference/diagnostics.md`` is made from this file.
"""

from dataclasses import dataclass

from pipeline.errors import Diagnostic, Location, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of diagnostic: its code, how bad it is, what it says in one line, and why it matters."""

    code: str
    severity: Severity
    summary: str
    why: str

    def at(self, location: Location, message: str, hint: str = "") -> Diagnostic:
        """A diagnostic of this kind, at a place."""
        return Diagnostic(location, self.code, self.severity, message, hint)


def _error(code: str, summary: str, why: str) -> Rule:
    return Rule(code, Severity.ERROR, summary, why)


def _warning(code: str, summary: str, why: str) -> Rule:
    return Rule(code, Severity.WARNING, summary, why)


# --- 1xx: configuration and files -------------------------------------------------------------------------

CONFIG_UNREADABLE = _error(
    "PW101", "partwork.toml is missing or is not TOML", "Nothing can be known of the publication without it."
)
CONFIG_UNKNOWN_KEY = _error(
    "PW102",
    "partwork.toml has a key that partwork does not know",
    "A misspelled key would be ignored silently.",
)
CONFIG_MISSING = _error("PW103", "partwork.toml lacks a required key", "Every edition needs it.")
CONFIG_VALUE = _error(
    "PW104",
    "partwork.toml has a value that cannot be used",
    "Addresses, time zones, colours and ids must be well formed before anything is made from them.",
)
NO_POSTAL_ADDRESS = _error(
    "PW105",
    "the sender has no postal address",
    "Bulk email must carry one: CAN-SPAM (15 U.S.C. 7704(a)(5)) and its likes elsewhere.",
)
PATH_REFUSED = _error(
    "PW106",
    "a file leads out of the publication, or cannot be read",
    "A symbolic link or `..` must never pull a file of the machine into what is published.",
)
FILE_TOO_LARGE = _error(
    "PW107",
    "a text file is too large",
    "A part of more than two megabytes is a mistake (an embedded picture, a pasted log); email clips at 0.1.",
)
NOT_UTF8 = _error("PW108", "a text file is not UTF-8", "Guessing an encoding garbles names and quotation marks.")
FILE_NAME = _error(
    "PW109",
    "a file or folder name that says nothing",
    "A part is `NN-slug.md` in a series' folder: its number and its address come from there alone.",
)
NO_INDEX = _error("PW110", "a series has no index.md", "Its title, summary and schedule are written there.")
RESERVED_NAME = _error(
    "PW111", "a name that the site itself uses", "Two things cannot live at one address, such as `/archive/`."
)
UNKNOWN_STYLE = _error(
    "PW112", "a citation style that cannot be found", "The reference list is written in it (a CSL file)."
)

UNUSED_TEMPLATE = _warning(
    "PW113",
    "a template that nothing uses",
    "A misspelled name overrides nothing, and the built-in template goes on being used.",
)

# --- 2xx: front matter ------------------------------------------------------------------------------------

NO_FRONT_MATTER = _error(
    "PW201", "front matter is missing or never closed", "It stands between two lines of three hyphens."
)
NOT_YAML = _error("PW202", "front matter that is not YAML", "The line and column are where YAML gave up.")
UNKNOWN_KEY = _error(
    "PW203", "a front-matter key that partwork does not know", "A misspelled key would be ignored silently."
)
MISSING_KEY = _error(
    "PW204",
    "a required key is missing",
    "A part needs a title and a summary; the summary becomes its teaser.",
)
WRONG_VALUE = _error("PW205", "a value of the wrong kind", "Nothing is guessed: the message says what is wanted.")
DUPLICATE_KEY = _error("PW206", "a key that is written twice", "YAML would keep the last one without a word.")
BAD_DATE = _error("PW207", "a date or time that is none", "Dates are `2026-11-18`, times `09:00`.")
DUPLICATE_NUMBER = _error("PW210", "two parts with one number", "Which of them is Part 3?")
MISSING_NUMBER = _error("PW211", "a number is missing in a series", "A gap looks like a lost part to a reader.")
DUPLICATE_ADDRESS = _error(
    "PW212", "two things at one address", "A slug and an alias must each belong to one part of the series."
)
TOO_FEW_PLANNED = _error("PW213", "more parts than planned", '"Part 9 of 8" is wrong in every inbox it reaches.')
CONTROL_CHARACTER = _error(
    "PW214",
    "a control character",
    "XML forbids it (feeds would be unreadable), and in a subject it could break a header.",
)

# --- 3xx: bodies and links --------------------------------------------------------------------------------

BROKEN_LINK = _error("PW301", "a link to a file that does not exist", "Readers would meet a 404.")
BROKEN_ANCHOR = _error("PW302", "a link to an anchor that does not exist", "The browser would stay where it is.")
MISSING_IMAGE = _error("PW303", "a picture that does not exist", "Email and page would show a hole.")
MISSING_ALT = _error(
    "PW304",
    "a picture without alternative text",
    "Screen readers, and inboxes with pictures off, have only that (WCAG 1.1.1).",
)
UNRESOLVED_CITATION = _error(
    "PW305", "a citation of an unknown work", "The reference list would lack what the text leans on."
)
UNUSED_REFERENCE = _warning(
    "PW306", "a reference that nothing cites", "Only cited works are listed, so this one would not be seen."
)
HEADING_SKIPPED = _error(
    "PW307",
    "a heading level is skipped",
    "Who listens to a page moves by headings (WCAG 1.3.1); the title is level one, so a body starts at `##`.",
)
BARE_LINK_TEXT = _warning(
    "PW308", "link text that says nothing", "A list of links read aloud is “here, here, more” (WCAG 2.4.4)."
)
UNSAFE_HTML = _error(
    "PW309",
    "HTML that is not allowed in a body",
    "Scripts, styles, frames, forms and event handlers must reach no reader.",
)
UNBALANCED = _error("PW310", "something opened is not closed", "Where it ends would be a guess.")
UNKNOWN_DIRECTIVE = _error(
    "PW311", "a `:::` line that partwork does not know", "There are `cta <slug> :::` and `only <channel>`."
)
TEMPLATE_TOKEN = _warning(
    "PW312",
    "a leftover template token in the text",
    "Readers would see `*|FNAME|*` as it stands. What is filled in here is `{{ first_name | there }}`.",
)
REVEALS_LATER = _error(
    "PW313",
    "a link to a part that is not out yet",
    "When this part comes out the address would be a 404, and would give the later part away.",
)
FOOTNOTE = _error("PW314", "a footnote without a mention, or a mention without a footnote", "It leads nowhere.")
UNSAFE_LINK = _error(
    "PW315",
    "an address that cannot be linked to",
    "Only http, https, mailto and tel are safe everywhere.",
)
BAD_REFERENCE = _error(
    "PW316",
    "a reference that cannot be used",
    "A CSL item needs an `id` (each once), a `type` and a `title`.",
)
EMPTY_BODY = _error("PW317", "a part without a text", "An empty letter would be sent.")
PICTURE_FORMAT = _warning(
    "PW318",
    "a picture that email cannot show",
    "Gmail and Outlook show PNG, JPEG and GIF, and no SVG or WebP.",
)
TOO_DEEP = _error("PW319", "a body is nested too deeply", "No reader follows a list of fifty levels.")

PLACEHOLDER = _error(
    "PW320", "text that a new file starts with", "It is there to be written over; subscribers would read it."
)
BROKEN_PICTURE = _error(
    "PW331",
    "a picture that cannot be decoded, or is too large to be",
    "Browsers would show a hole, and smaller copies of it cannot be made.",
)
CARD_LETTERS = _warning(
    "PW332",
    "a title that cannot be drawn on a social card",
    "The card's font lacks letters of it. Boxes would be drawn in their place, so the title is left out.",
)

# --- 4xx: schedule ----------------------------------------------------------------------------------------

SLOT_CLASH = _error("PW401", "two parts in one slot", "Subscribers would get two letters at once.")
PIN_BACKWARDS = _error("PW402", "a pinned date before the part before it", "Part 4 cannot come out before Part 3.")
DRAFT_PASSED = _warning(
    "PW403",
    "a draft whose slot has passed",
    "The parts after it come out without it: pin a date, or finish it.",
)
SKIP_UNUSED = _warning(
    "PW404", "a skipped date on which nothing would have come out", "It is probably a date of another week."
)

# --- 5xx: blocks and related parts ------------------------------------------------------------------------

UNKNOWN_CTA = _error("PW501", "an unknown CTA", "There is no such file in `templates/blocks/`.")
UNKNOWN_DISCLAIMER = _error("PW502", "an unknown disclaimer", "There is no such file in `templates/blocks/`.")
REMOVED_WITHOUT_REASON = _error(
    "PW503",
    "a disclaimer removed without a reason",
    "Somebody will ask one day why it was left out: `because:` is the answer.",
)
UNKNOWN_SERIES = _error("PW504", "an unknown series", "There is no such folder in `series/`.")
UNKNOWN_RELATED = _error("PW505", "an unknown related part", "There is no part at that `series/slug`.")
RELATED_REVEALS = _error(
    "PW506",
    "a related part that is a draft or comes out later",
    "The link would be a 404 on the day, and would give it away.",
)
NOT_REMOVABLE = _error(
    "PW507",
    "a disclaimer removed that was not there",
    "The part's topics do not ask for it: a slip, or a rename.",
)

NEARLY_TOPIC = _warning(
    "PW508",
    "a topic that is almost one of a disclaimer's",
    "A misspelled topic would leave the disclaimer out without a word.",
)

# --- 6xx: templates ---------------------------------------------------------------------------------------

TEMPLATE_ERROR = _error("PW601", "a template that fails", "Jinja's own message, with the template and the line.")
NO_UNSUBSCRIBE = _error(
    "PW602",
    "the email template has no place to unsubscribe",
    "Every copy must carry the way out (CAN-SPAM, GDPR, RFC 8058).",
)
DISCLAIMER_MISSING = _error(
    "PW603",
    "an edition came out without a disclaimer",
    "A template leaves a section out. Every channel carries every disclaimer in full, or none comes out.",
)
MJML_ERROR = _error("PW604", "MJML that cannot be read", "mjml-python's own message, with the template's name.")
MJML_UNKNOWN_ELEMENT = _error(
    "PW605",
    "an element that MJML does not have",
    "mjml-python passes an unknown tag on as it is, and inboxes show a piece of the email without its look.",
)
MJML_UNKNOWN_ATTRIBUTE = _error(
    "PW606",
    "an attribute that its MJML element does not have",
    "mjml-python passes over it without a word, so what it should say is never said.",
)
MJML_VALUE = _error(
    "PW607",
    "an attribute of MJML with a value that it cannot have",
    "The value goes into a style as it stands, where inboxes drop it, or into a width reckoned wrong.",
)
MJML_MISPLACED = _error(
    "PW608",
    "something in an email template that may not stand where it does",
    "mjml-python lets anything stand anywhere, and writes tables that fall apart in some inboxes.",
)
MJML_UNBALANCED = _error(
    "PW609",
    "a tag in an email template that is not closed, or closes nothing",
    "mjml-python takes any closing tag for the one it waits for, or stops without saying where.",
)
MJML_UNREADABLE = _error(
    "PW610",
    "an email template that breaks the rules of XML",
    "mjml-python stops at it, and does not say where; or it writes something else.",
)
MJML_NOT_HEARD = _error(
    "PW611",
    "MJML that mjml-python does not do",
    "It is in MJML's documentation, but mrml (the library inside) leaves it out, or stops.",
)
SLOT_IN_TAG = _error(
    "PW612",
    "a value printed where MJML or a style must read it",
    "MJML runs once for all parts; values come in afterwards: a width or a class would not be there.",
)
MJML_INCOMPLETE = _error(
    "PW613",
    "an element of MJML without what it needs",
    "A picture without an address is a hole, and without alternative text it is nothing to who cannot see it.",
)
MJML_DOUBTFUL = _warning(
    "PW614",
    "something in an email template that not every inbox understands",
    "It works in some; in the others it is passed over.",
)
COLUMN_WIDTHS = _warning(
    "PW615",
    "columns whose widths do not add up",
    "Over 100 % the last one falls below the others (or out of the letter, in Outlook); under it there is a gap.",
)
NO_FONT = _warning(
    "PW616",
    "texts of an email without a font",
    "MJML then writes Ubuntu, and the publication's own font is not used.",
)
TEMPLATE_CSS = _error(
    "PW617",
    "a style sheet of the email that cannot be used as it is written",
    "A brace too few or an at-rule among the rules that are inlined: what follows is dropped without a word.",
)
NOT_COMPILED = _warning(
    "PW619",
    "an email theme that is not compiled",
    "Specimens made the short way came out other than MJML and premailer make them, so every email is made the "
    "long way: they are right, and take twenty times as long.",
)

# --- 7xx: email editions ----------------------------------------------------------------------------------

EMAIL_CLIPPED = _error(
    "PW701",
    "an email over the size at which inboxes cut",
    "Gmail shows the first 102 KB and hides the rest, unsubscribe link and disclaimers with it.",
)
SUBJECT_LONG = _warning("PW702", "a subject that inboxes cut", "Phones show about 40 characters, desktops 70.")
PREHEADER_LONG = _warning(
    "PW703", "a preheader that inboxes cut", "No inbox shows more than about 140 characters."
)
EMAIL_CONTINUED = _warning(
    "PW704",
    "an email that goes on on the web",
    "The whole would be over the size at which Gmail cuts. The plain text and the disclaimers are whole.",
)
SUBJECT_EMOJI = _warning(
    "PW705",
    "a subject with an emoji that not every inbox can draw",
    "Windows draws no flags, older systems take joined figures apart, and what is too new is an empty box.",
)

ALL_RULES: tuple[Rule, ...] = tuple(
    sorted((rule for rule in globals().values() if isinstance(rule, Rule)), key=lambda rule: rule.code)
)
