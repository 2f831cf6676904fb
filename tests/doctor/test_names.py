"""SPF, DKIM, DMARC, alignment, PTR and MX, read from a real DNS server on this machine."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

from pipeline.doctor.dkim_record import check_dkim
from pipeline.doctor.dmarc import check_alignment, check_dmarc, find_dmarc
from pipeline.doctor.finding import Finding, Verdict
from pipeline.doctor.names import Names, NoAnswerError
from pipeline.doctor.relay import check_ptr, relay_addresses
from pipeline.doctor.spf import check_spf
from pipeline.settings import SendingSettings, SmtpSettings, TransportKind
from tests.doctor import dns_server
from tests.sending.keys import SIGNERS

Zone = dict[tuple[str, str], list[str]]


class Resolver(Protocol):
    def __call__(self, zone: Zone) -> Names: ...


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    with ExitStack() as stack:
        yield lambda zone: Names("127.0.0.1", stack.enter_context(dns_server.running(zone)), 2)


def txt(name: str, *texts: str) -> Zone:
    return {(name, "TXT"): [f'"{text}"' for text in texts]}


def spf(terms: str) -> Zone:
    return txt("example.org", f"v=spf1 {terms}")


HOST: Zone = {("mail.example.org", "A"): ["192.0.2.7"]}
PROVIDER = txt("_spf.p.example", "v=spf1 ip4:192.0.2.7 -all")


@pytest.mark.parametrize(
    ("records", "verdict", "words"),
    [
        ({}, "bad", "example.org has no SPF record"),
        (txt("example.org", "v=spf1 -all", "v=spf1 ~all"), "bad", "has 2 SPF records"),
        (txt("example.org", "v=spf1 +all"), "bad", "lets everybody send"),
        (txt("example.org", "v=spf1 all"), "bad", "lets everybody send"),
        (txt("example.org", "v=spf1 ip4:192.0.2.7"), "weak", "forbids nobody"),
        (txt("example.org", "v=spf1 ip4:192.0.2.7 ?all"), "weak", "forbids nobody"),
        (txt("example.org", "v=spf1 ip4:192.0.2.0/24 -all", "another"), "good", "0 of 10"),
        (txt("example.org", "v=spf1 ip4:198.51.100.1 -all"), "weak", "does not name your mail server"),
        (txt("example.org", "v=spf1 ipv4:192.0.2.7 -all"), "bad", "is no term of SPF"),
        (txt("example.org", "v=spf1 ip4:192.0.2.999 -all"), "bad", "is no address"),
        (spf("a:mail.example.org ~all") | HOST, "good", "1 of"),
        (spf("mx -all") | HOST | {("example.org", "MX"): ["10 mail.example.org."]}, "good", "1 of"),
        (spf("include:_spf.p.example -all") | PROVIDER, "good", "1 of"),
        (spf("include:_spf.p.example ~all"), "bad", "_spf.p.example has no SPF record"),
        (spf("redirect=_spf.p.example") | PROVIDER, "good", "1 of"),
        (spf("include:example.org -all"), "weak", "does not name"),
        (spf(" ".join(f"a:a{k}.example.org" for k in range(11)) + " -all"), "bad", "more than 10"),
        (spf("exists:%{i}.x.example exp=why.example -all"), "weak", "does not name"),
    ],
)  # fmt: skip
def test_an_spf_record_is_read_whole(resolver: Resolver, records: Zone, verdict: str, words: str) -> None:
    found = check_spf(resolver(records), "example.org", ["192.0.2.7"], is_ses=False)

    assert (found.verdict, words in found.seen) == (verdict, True), found


def test_whoever_sends_through_ses_names_it(resolver: Resolver) -> None:
    names = resolver(txt("example.org", "v=spf1 -all"))
    included = resolver(
        txt("example.org", "v=spf1 include:amazonses.com -all")
        | txt("amazonses.com", "v=spf1 ip4:192.0.2.0/24 -all")
    )

    assert check_spf(names, "example.org", [], is_ses=True).verdict is Verdict.WEAK
    assert check_spf(included, "example.org", [], is_ses=True).verdict is Verdict.GOOD


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_dkim_record_has_our_key_and_no_other(resolver: Resolver, kind: str) -> None:
    signer, other = SIGNERS[kind], SIGNERS["ed25519" if kind == "rsa" else "rsa"]
    where, ours = f"{signer.selector}._domainkey.example.org", signer.record

    def checked(*texts: str) -> Finding:
        pieces = ['" "'.join(text[k : k + 200] for k in range(0, len(text), 200)) for text in texts]
        return check_dkim(resolver(txt(where, *pieces) if texts else {}), [signer])

    assert checked(ours).verdict is Verdict.GOOD
    assert checked(ours.replace("v=DKIM1; ", "")).verdict is Verdict.GOOD
    assert checked(f"{ours}; t=y").verdict is Verdict.WEAK
    for wrong in (
        other.record,
        ours.replace("p=", "p=AAAA"),
        f"v=DKIM1; k={kind}; p=",
        f"{ours}; h=sha1",
        "x",
    ):
        assert checked(wrong).verdict is Verdict.BAD
        assert ours in checked(wrong).mend
    assert checked().verdict is Verdict.BAD
    assert checked(ours, other.record).verdict is Verdict.BAD


def test_where_others_sign_dkim_is_not_seen(resolver: Resolver) -> None:
    assert check_dkim(resolver({}), []).verdict is Verdict.UNSEEN


@pytest.mark.parametrize(
    ("records", "verdict", "words"),
    [
        ({}, "bad", "has no record"),
        (txt("_dmarc.news.example.org", "v=DMARC1; p=none; rua=mailto:d@example.org"), "good", "`none`"),
        (
            txt("_dmarc.example.org", "v=DMARC1; p=reject; sp=quarantine; rua=mailto:d@e.org"),
            "good",
            "`quarantine`",
        ),
        (txt("_dmarc.example.org", "v=DMARC1;p=reject"), "weak", "no reports"),
        (txt("_dmarc.example.org", "v=DMARC1; p=perhaps"), "bad", "asks for nothing"),
        (txt("_dmarc.example.org", "v=DMARC1; p=none", "v=DMARC1; p=reject"), "bad", "2 records"),
        (txt("_dmarc.example.org", "something else"), "bad", "has no record"),
    ],
)
def test_dmarc_is_looked_for_upwards(resolver: Resolver, records: Zone, verdict: str, words: str) -> None:
    found = check_dmarc(*find_dmarc(resolver(records), "news.example.org"), "news.example.org")

    assert (found.verdict, words in found.seen) == (verdict, True), found


@pytest.mark.parametrize(
    ("policy", "envelope", "signing", "verdict"),
    [
        ("", "bounces.example.org", ["example.org"], "good"),
        ("", "elsewhere.example", ["mail.example.org"], "good"),
        ("", "bounces.example.org", [], "weak"),
        ("", "elsewhere.example", [], "unseen"),
        ("", "elsewhere.example", ["provider.example"], "bad"),
        ("; adkim=s", "elsewhere.example", ["mail.example.org"], "bad"),
        ("; adkim=s", "elsewhere.example", ["news.example.org"], "good"),
        ("; aspf=s", "bounces.example.org", ["x.example"], "bad"),
        ("", "notexample.org", ["badexample.org"], "bad"),
    ],
)
def test_alignment_is_with_the_domain_that_readers_see(
    resolver: Resolver, policy: str, envelope: str, signing: list[str], verdict: str
) -> None:
    dmarc, _ = find_dmarc(resolver(txt("_dmarc.example.org", f"v=DMARC1; p=none{policy}")), "news.example.org")

    assert check_alignment(dmarc, "news.example.org", envelope, signing).verdict == verdict


def test_an_address_and_its_name_agree_or_it_is_told(resolver: Resolver) -> None:
    settings = SendingSettings(TransportKind.SMTP, smtp=SmtpSettings("mail.example.org"))
    forward: Zone = {("mail.example.org", "A"): ["192.0.2.7"]}
    for more, verdict in (
        ({("7.2.0.192.in-addr.arpa", "PTR"): ["mail.example.org."]}, "good"),
        ({("7.2.0.192.in-addr.arpa", "PTR"): ["other.example."]}, "bad"),
        ({}, "bad"),
    ):
        names = resolver({**forward, **more})

        assert check_ptr(settings, relay_addresses(settings, names), names).verdict == verdict


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_from_where_a_server_on_this_machine_sends_is_not_seen(resolver: Resolver, host: str) -> None:
    settings = SendingSettings(TransportKind.SMTP, smtp=SmtpSettings(host))
    names = resolver({})

    assert check_ptr(settings, relay_addresses(settings, names), names).verdict is Verdict.UNSEEN


def test_a_resolver_that_fails_or_knows_nothing_is_not_taken_for_an_empty_dns(resolver: Resolver) -> None:
    for zone in ({("servfail", ""): []}, {(".", "NS"): []}):
        with pytest.raises(NoAnswerError):
            resolver(zone).texts("example.org")
    with pytest.raises(NoAnswerError):
        Names("127.0.0.1", 1, 0.5).texts("example.org")
