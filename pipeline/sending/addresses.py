"""An address as a mail server gets it: the domain in A-labels, the local part as it is."""

import re

_PLAIN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\Z")
_HOST = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\Z")
# RFC 6532, 3.2: what is not ASCII is allowed; controls, blanks and format characters are nobody's name.
_LOCAL = re.compile(
    r"(?:[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]|[^\x00-\xa0\u2000-\u200f\u2028-\u202f\ufeff\ud800-\udfff])+\Z"
)
_LONGEST = 254  # octets: RFC 5321, 4.5.3.1.3, less the angle brackets
_LONGEST_LOCAL = 64


def envelope_address(address: str) -> str:
    """What goes between the angle brackets of RCPT, or nothing: no mail can be sent to it.

    A name that is not ASCII before the @ stays: such mail is for servers with SMTPUTF8 (RFC 6531) alone.
    """
    if _PLAIN.match(address):
        return address if len(address) <= _LONGEST else ""
    local, _, domain = address.rpartition("@")
    host = ascii_domain(domain)
    if not _LOCAL.match(local) or not _HOST.match(host) or len(local.encode()) > _LONGEST_LOCAL:
        return ""
    whole = f"{local}@{host}"
    return whole if len(whole.encode()) <= _LONGEST else ""


def ascii_domain(domain: str) -> str:
    """A domain in A-labels, or nothing where it has none."""
    if domain.isascii():
        return domain
    import idna  # a third of a megabyte of tables, for the few who need them

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return ""
