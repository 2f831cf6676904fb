"""Addresses of people: what is one, how two are compared, and what is kept of one that must be forgotten.

email-validator decides, without asking DNS. It takes some 80 µs, more than a minute for a million; so the plain
ones, nearly all, are let through by one expression that takes only what it takes: a test holds the two together.
"""

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

from pipeline.errors import SubscriberError

# RFC 5322's dot-atom at a host name, in ASCII: what nobody disputes. RFC 5321, 4.5.3.1 has the lengths.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_PLAIN = re.compile(rf"(?=.{{1,64}}@)(?=.{{1,254}}\Z){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}\Z")
_SPECIAL = ("arpa", "invalid", "local", "localhost", "onion", "test")  # RFC 6761: no mail can go there
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>\Z")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"  # pasted from web pages and spreadsheets
_DOTLESS = ("gmail.com", "googlemail.com")
_LONGEST = 1000
_LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1


class AddressError(SubscriberError):
    """No address; why."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address of somebody.

    ``address`` is where letters go: the part before the @ as they wrote it, the domain in lower case and ASCII
    (IDNA). ``key`` is how two are compared: without case. ``name`` is what stood before ``<…>``.
    """

    address: str
    key: str
    name: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the key, in hex: what a suppression keeps."""
        return sha256(self.key.encode()).hexdigest()

    @property
    def mailbox(self) -> str:
        """SHA-256 of where letters arrive, as far as spelling shows it: to count by, and for nothing else.

        What stands after a plus is a word of the owner's at most servers (RFC 5233), and Gmail hears no dots.
        """
        local, _, domain = self.key.rpartition("@")
        local = local.partition("+")[0] or local
        if domain in _DOTLESS:
            local, domain = local.replace(".", ""), _DOTLESS[0]
        return sha256(f"{local}@{domain}".encode()).hexdigest()

    @property
    def mark(self) -> str:
        """The beginning of the digest: by it a link to a mailbox ends when letters go elsewhere."""
        return self.digest[:16]


def parse_address(text: str) -> Address:
    """The address in a cell: ``a@b.example``, ``Ada <a@b.example>`` or ``"Lovelace, Ada" <a@b.example>``.

    The part before the @ belongs to its server, which may tell ``Ada@`` from ``ada@``; none does, and people
    write theirs as they please. So it is kept as written, and compared without case.

    Raises:
        AddressError: it is none. The message does not repeat it.
    """
    name, bare = _apart(text.strip().strip(_INVISIBLE).strip())
    if _PLAIN.match(bare):
        local, _, domain = bare.rpartition("@")
        domain = domain.lower()
        top = domain.rpartition(".")[2]
        if top not in _SPECIAL and top[-1].isalpha():
            return Address(f"{local}@{domain}", f"{local.lower()}@{domain}", name)
    return _validated(bare, name)


def _apart(text: str) -> tuple[str, str]:
    """A display name and the address in ``<…>`` after it."""
    if len(text) > _LONGEST:
        raise AddressError("it is too long for an address")
    is_plain = text.isascii() and text.isprintable()
    if not is_plain and any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text):
        raise AddressError("it holds a line end or another control character")
    found = _NAMED.match(text) if text.endswith(">") else None
    if not found:
        return "", text
    name = found["name"].strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return name.strip(), found["address"].strip()


def _validated(bare: str, name: str) -> Address:
    import email_validator  # 60 ms, and most lists never need it

    if not bare:
        raise AddressError("there is no address")
    if bare.count("@") > 1 and re.search(r"[,;\s]", bare):
        raise AddressError("there are several addresses; one line is one subscriber")
    try:
        found = email_validator.validate_email(bare, check_deliverability=False)
    except email_validator.EmailNotValidError as error:
        raise AddressError(_plainly(str(error))) from None
    if len(found.local_part.encode()) > _LONGEST_LOCAL:
        raise AddressError("the part before the @-sign is too long (64 bytes at most)")
    domain = found.ascii_domain.lower()
    key = unicodedata.normalize("NFC", found.local_part.lower())
    return Address(f"{found.local_part}@{domain}", f"{key}@{domain}", name)


def _plainly(said: str) -> str:
    said = said.replace("The email address", "it").replace("An email address", "an address").rstrip(".")
    return said[:1].lower() + said[1:]
