"""The whole examination: offline, before a failing DNS, where all is well, and as a command."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.database import open_database
from pipeline.doctor.checklist import DEMANDS, standings
from pipeline.doctor.finding import Finding, Subject, Verdict
from pipeline.doctor.looking_over import Patient, look_over
from pipeline.doctor.names import Names
from pipeline.sending.keys import open_tokens
from pipeline.settings import DkimSettings, SendingSettings, SmtpSettings, TransportKind
from tests.doctor import dns_server, web_server
from tests.doctor.builders import NOW, verdicts
from tests.doctor.web_server import Web
from tests.returns import certificates
from tests.returns.test_command import CONFIG
from tests.sending.builders import publication
from tests.sending.keys import RECORDS, write_keys

# Of round-ups there is nothing to say where none are offered and nobody has chosen them.
ALWAYS = {str(subject) for subject in Subject if subject is not Subject.ROUNDUPS}


def patient(root: Path, **more: object) -> Patient:
    values: dict[str, object] = {
        "publication": publication(),
        "root": root,
        "database": None,
        "tokens": None,
        "names": None,
        "now": NOW,
        "clock": lambda: datetime.now(UTC),
    }
    return Patient(**{**values, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(TransportKind))
def test_offline_nothing_out_there_is_called_good(tmp_path: Path, kind: TransportKind) -> None:
    own = publication()
    sending = replace(own.sending, transport=kind, smtp=SmtpSettings("smtp.example.org"))
    found = verdicts(look_over(patient(tmp_path, publication=replace(own, sending=sending))))

    assert {name for name, verdict in found.items() if verdict == "good"} <= {"sender", "postal address", "disk"}
    assert set(found) == ALWAYS
    assert all(one.verdict is not Verdict.GOOD for one in standings(look_over(patient(tmp_path)))[:-1])


def test_a_resolver_that_fails_makes_nothing_good_or_bad(tmp_path: Path) -> None:
    found = verdicts(look_over(patient(tmp_path, names=Names("127.0.0.1", 1, 0.5))))

    assert {found[name] for name in ("SPF", "DMARC", "alignment", "PTR", "bounces")} == {"unseen"}


def test_where_all_is_well_everything_that_can_be_seen_is_good(
    tmp_path: Path, mail: tuple[SendingSettings, certificates.Certificate]
) -> None:
    """A real DNS, web server, mail server and database, all on this machine."""
    settings, made = mail
    write_keys(tmp_path)
    own = publication()
    domain = own.sender.email.partition("@")[2]
    sending = replace(
        settings,
        return_path=f"bounces@{domain}",
        dkim=DkimSettings("example.org", "one", "rsa.key", "two", "ed25519.key"),
    )
    dkim = {
        (name.decode().rstrip("."), "TXT"): ['"' + '" "'.join(_cut(record.decode())) + '"']
        for name, record in RECORDS.items()
    }
    zone = {
        **dkim,
        (domain, "TXT"): ['"v=spf1 ip4:192.0.2.7 -all"'],
        (domain, "MX"): ["10 mail.example.org."],
        ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=quarantine; rua=mailto:d@example.org"'],
    }
    database = open_database("", tmp_path)
    with dns_server.running(zone) as port, web_server.running(Web(), made) as url:
        found = look_over(
            patient(
                tmp_path,
                publication=replace(own, public_url=url, sending=sending),
                database=database,
                tokens=open_tokens(tmp_path),
                names=Names("127.0.0.1", port),
                password="open sesame",
                trusted=made.client(),
            )
        )
    database.close()

    bad = {name: verdict for name, verdict in verdicts(found).items() if verdict != "good"}
    assert bad == {"PTR": "unseen", "complaints": "unseen"}, found


def _cut(text: str) -> list[str]:
    return [text[k : k + 200] for k in range(0, len(text), 200)]


def test_a_sender_at_a_free_mailbox_is_told(tmp_path: Path) -> None:
    own = publication()
    found = look_over(patient(tmp_path, publication=replace(own, sender=replace(own.sender, email="a@gmail.com"))))

    assert (found[0].subject, found[0].verdict) == (Subject.SENDER, Verdict.BAD)


def test_a_demand_stands_as_the_worst_of_what_it_depends_on() -> None:
    found = [Finding(subject, Verdict.GOOD, "") for subject in Subject if subject is not Subject.PTR]
    assert {str(one.verdict) for one in standings(found)} == {"good", "unseen"}

    found.append(Finding(Subject.DKIM, Verdict.BAD, ""))
    assert standings(found)[0].verdict is Verdict.BAD
    assert len(standings(found)) == len(DEMANDS)


def test_the_command_says_it_and_ends_with_one_where_something_is_bad(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PARTWORK_SECRET", raising=False)
    monkeypatch.delenv("PARTWORK_DATABASE", raising=False)
    (tmp_path / "partwork.toml").write_text(CONFIG)

    code = main(["doctor", "--offline", "--root", str(tmp_path)])
    out = capsys.readouterr().out
    assert code == 0
    assert "unseen  SPF             not looked at: offline" in out
    assert "weak    public address  there is none" in out
    assert [path.name for path in tmp_path.iterdir()] == ["partwork.toml"]  # looking makes nothing

    (tmp_path / "partwork.toml").write_text(
        f'{CONFIG}[sending]\ntransport = "smtp"\n[smtp]\nhost = "smtp.example.org"\n'
    )
    assert main(["doctor", "--offline", "--root", str(tmp_path)]) == 1
    assert "bad     public address  there is none" in capsys.readouterr().out

    main(["doctor", "--offline", "--json", "--root", str(tmp_path)])
    found = json.loads(capsys.readouterr().out)
    assert {one["subject"] for one in found["findings"]} == ALWAYS
    assert len(found["demands"]) == len(DEMANDS)


def test_a_secret_or_a_database_that_cannot_be_used_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTWORK_SECRET", "short")
    monkeypatch.delenv("PARTWORK_DATABASE", raising=False)
    (tmp_path / "partwork.toml").write_text(CONFIG)
    (tmp_path / "partwork.db").write_text("no database at all, but text of some length")

    assert main(["doctor", "--offline", "--root", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "bad     files           PARTWORK_SECRET holds a secret of fewer than 32 characters" in out
    assert "bad     database" in out
