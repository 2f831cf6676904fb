"""SPF (RFC 7208): who may send for a domain. The record is read whole, with all that it includes."""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from pipeline.doctor.finding import Finding, Subject, Verdict
from pipeline.doctor.names import Names

_MOST = 10  # lookups; RFC 7208, 4.6.4: more are an error, and the record counts for nothing
SES = "amazonses.com"


@dataclass(slots=True)
class Spf:
    """What a record allows."""

    networks: list[IPv4Network | IPv6Network] = field(default_factory=list)
    included: set[str] = field(default_factory=set)
    last: str = ""  # the qualifier of `all`
    lookups: int = 0
    trouble: str = ""

    def allows(self, address: str) -> bool:
        """Whether an address may send."""
        return any(ip_address(address) in network for network in self.networks)


def records_of(names: Names, domain: str) -> list[str]:
    """A domain's SPF records; one is right."""
    return [text for text in names.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]


def read_spf(names: Names, domain: str) -> Spf:
    """Read a domain's record.

    Raises:
        NoAnswerError: no resolver answered.
    """
    spf = Spf()
    _read(names, domain, spf, is_top=True)
    return spf


def _read(names: Names, domain: str, spf: Spf, *, is_top: bool) -> None:
    found = records_of(names, domain)
    if len(found) != 1:
        spf.trouble = spf.trouble or f"{domain} has {len(found) or 'no'} SPF record{'s' if len(found) > 1 else ''}"
        return
    redirect = ""
    for term in found[0].split()[1:]:
        if term.lower().startswith("redirect="):
            redirect = term.partition("=")[2]
            continue
        if "=" in term and ":" not in term.partition("=")[0]:
            continue  # exp= and other modifiers
        _term(names, domain, spf, term, is_top=is_top)
    if redirect and not spf.last and _may_ask(spf):
        spf.included.add(redirect.lower())
        _read(names, redirect, spf, is_top=is_top)


def _term(names: Names, domain: str, spf: Spf, term: str, *, is_top: bool) -> None:
    qualifier = term[0] if term[0] in "+-~?" else "+"
    mechanism, _, value = term.lstrip("+-~?").partition(":")
    mechanism, _, mask = mechanism.lower().partition("/")
    match mechanism:
        case "all":
            spf.last = qualifier if is_top else spf.last
        case "ip4" | "ip6":
            _add(spf, value, qualifier)
        case "a" | "mx":
            if _may_ask(spf):
                host, _, mask = value.partition("/") if value else (domain, "", mask)
                hosts = names.mail_servers(host)[:_MOST] if mechanism == "mx" else [host]
                for address in (each for name in hosts if name for each in names.addresses(name)):
                    _add(spf, f"{address}/{mask}" if mask.isdigit() and "." in address else address, qualifier)
        case "include":
            if _may_ask(spf) and value.lower() not in spf.included:
                spf.included.add(value.lower())
                if "%" not in value:
                    _read(names, value, spf, is_top=False)
        case "exists" | "ptr":
            _may_ask(spf)
        case _:
            spf.trouble = spf.trouble or f"`{term}` is no term of SPF"


def _may_ask(spf: Spf) -> bool:
    spf.lookups += 1
    if spf.lookups > _MOST:
        spf.trouble = spf.trouble or f"it takes more than {_MOST} lookups"
    return spf.lookups <= _MOST


def _add(spf: Spf, text: str, qualifier: str) -> None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        spf.trouble = spf.trouble or f"`{text}` is no address"
        return
    if qualifier == "+":
        spf.networks.append(network)


def check_spf(names: Names, domain: str, relay: list[str], *, is_ses: bool) -> Finding:
    """Whether a domain's record is right, and names who sends for us. ``relay``: our mail server's addresses.

    Raises:
        NoAnswerError: no resolver answered.
    """
    spf = read_spf(names, domain)
    if spf.trouble:
        mend = f'publish one TXT record at {domain}: "v=spf1 … -all", with what your mail provider tells you'
        return Finding(Subject.SPF, Verdict.BAD, spf.trouble, mend)
    if spf.last == "+":
        return Finding(Subject.SPF, Verdict.BAD, f"{domain} lets everybody send (`+all`)", "end it with `-all`")
    if spf.last in ("", "?"):
        return Finding(Subject.SPF, Verdict.WEAK, f"{domain} forbids nobody", "end it with `~all` or `-all`")
    if is_ses and SES not in spf.included:
        seen = f"{domain} does not include {SES}"
        return Finding(Subject.SPF, Verdict.WEAK, seen, f"set a custom MAIL FROM in SES and add `include:{SES}`")
    if relay and not any(spf.allows(address) for address in relay):
        seen = f"{domain} does not name your mail server's address"
        return Finding(Subject.SPF, Verdict.WEAK, seen, "it may send from others: include what your provider says")
    return Finding(Subject.SPF, Verdict.GOOD, f"{domain} has one record, {spf.lookups} of {_MOST} lookups")
