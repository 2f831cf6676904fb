"""The public address, the mail server, this machine: looked at as they really are."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sql
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from pipeline.cli import main
from pipeline.database import Database, open_database
from pipeline.doctor import machine
from pipeline.doctor.checklist import DEMANDS, standings
from pipeline.doctor.complaints import check_complaints
from pipeline.doctor.finding import Finding, Subject, Verdict
from pipeline.doctor.looking_over import Patient, look_over
from pipeline.doctor.names import Names
from pipeline.doctor.public_address import check_public_address
from pipeline.doctor.relay import check_ses, check_smtp
from pipeline.sending.keys import open_tokens
from pipeline.settings import DkimSettings, Security, SendingSettings, SesSettings, SmtpSettings, TransportKind
from tests.doctor import dns_server, web_server
from tests.doctor.web_server import Web
from tests.email import postfix
from tests.returns import builders as b
from tests.returns import certificates, shapes
from tests.returns.test_command import CONFIG
from tests.sending.builders import publication
from tests.sending.keys import RECORDS, write_keys

NOW = datetime.now(UTC)
POSIX = pytest.mark.skipif(os.name != "posix", reason="modes of files")


def verdicts(findings: list[Finding]) -> dict[str, str]:
    return {str(one.subject): str(one.verdict) for one in findings}


# --- the public address -----------------------------------------------------------------------------------


def looked(web: Web, made: certificates.Certificate, way_out: str = "token") -> list[Finding]:
    with web_server.running(web, made) as url:
        return check_public_address(url, way_out, NOW, made.client())[0]


def test_a_good_public_address_is_good_and_is_asked_as_mail_programs_do(tmp_path: Path) -> None:
    web = Web()

    found = looked(web, certificates.make(tmp_path))

    assert set(verdicts(found).values()) == {"good"}
    method, path, body, headers = web.asked[-1]
    assert (method, path, body) == ("POST", "/u/token", "List-Unsubscribe=One-Click")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Cookie" not in headers


@pytest.mark.parametrize(
    ("status", "words"),
    [(302, "sent elsewhere"), (404, "answered 404"), (405, "answered 405"), (500, "answered 500")],
)
def test_a_click_that_is_not_answered_with_yes_is_bad(tmp_path: Path, status: int, words: str) -> None:
    found = looked(Web({"POST": status}), certificates.make(tmp_path))

    assert (found[2].verdict, words in found[2].seen) == (Verdict.BAD, True)


def test_what_is_not_partwork_serve_is_told(tmp_path: Path) -> None:
    assert looked(Web({"GET": 404}), certificates.make(tmp_path))[0].verdict is Verdict.BAD


def test_a_certificate_that_ends_soon_is_weak(tmp_path: Path) -> None:
    assert looked(Web(), certificates.make(tmp_path, days=5))[1].verdict is Verdict.WEAK


@pytest.mark.parametrize("names", [("elsewhere.example",), ()])
def test_a_certificate_that_is_not_good_is_bad_and_nothing_else_is_called_good(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    made = certificates.make(tmp_path, *names, days=90 if names else -0.5)
    web = Web()

    assert verdicts(looked(web, made)) == {"public address": "unseen", "certificate": "bad", "one-click": "unseen"}
    assert web.asked == []


def test_an_address_that_nobody_answers_at_is_bad() -> None:
    found, there = check_public_address("https://127.0.0.1:1/", "token", NOW)

    assert verdicts(found) == {"public address": "bad", "certificate": "unseen", "one-click": "unseen"}
    assert there is None


def test_without_a_secret_no_click_is_tried(tmp_path: Path) -> None:
    web = Web()

    assert looked(web, certificates.make(tmp_path), way_out="")[2].verdict is Verdict.UNSEEN
    assert [asked[0] for asked in web.asked] == ["GET"]


# --- the mail server --------------------------------------------------------------------------------------


class _Authenticator:
    def __call__(
        self, server: object, session: object, envelope: object, mechanism: str, data: object
    ) -> AuthResult:
        good = getattr(data, "password", b"") == b"open sesame"
        return AuthResult(success=good, handled=good)


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[tuple[SendingSettings, certificates.Certificate]]:
    made = certificates.make(tmp_path)
    controller = Controller(
        object(),
        hostname="127.0.0.1",
        port=postfix.free_port(),
        tls_context=made.server(),
        require_starttls=True,
        authenticator=_Authenticator(),
        auth_required=True,
    )
    controller.start()
    smtp = SmtpSettings("127.0.0.1", controller.port, Security.STARTTLS, "letters")
    yield SendingSettings(TransportKind.SMTP, smtp=smtp), made
    controller.stop()


def test_a_login_that_is_taken_is_good(mail: tuple[SendingSettings, certificates.Certificate]) -> None:
    settings, made = mail

    assert verdicts(check_smtp(settings, "open sesame", made.client())) == {"transport": "good", "TLS": "good"}


def test_a_login_that_is_refused_is_bad_and_tells_no_password(
    mail: tuple[SendingSettings, certificates.Certificate],
) -> None:
    settings, made = mail
    found = check_smtp(settings, "the wrong word", made.client())

    assert verdicts(found) == {"transport": "bad", "TLS": "unseen"}
    assert "the wrong word" not in str(found)


def test_a_server_that_proves_nothing_is_bad(mail: tuple[SendingSettings, certificates.Certificate]) -> None:
    assert verdicts(check_smtp(mail[0], "open sesame")) == {"transport": "bad", "TLS": "unseen"}


@pytest.mark.program
def test_a_real_postfix_lets_us_in() -> None:
    if why := postfix.missing():
        (pytest.fail if os.environ.get("REQUIRE_ALL") == "1" else pytest.skip)(why)
    with postfix.running() as (port, _):
        settings = SendingSettings(smtp=SmtpSettings("127.0.0.1", port, Security.NONE))

        assert verdicts(check_smtp(settings, "")) == {"transport": "good", "TLS": "unseen"}


@pytest.mark.parametrize(
    ("account", "verdict"),
    [
        ({"SendingEnabled": True, "ProductionAccessEnabled": True}, "good"),
        ({"SendingEnabled": True, "ProductionAccessEnabled": False}, "bad"),
        ({"SendingEnabled": False, "ProductionAccessEnabled": True}, "bad"),
        ({}, "bad"),
        (None, "unseen"),
    ],
)
def test_what_amazon_says_of_the_account_is_told(
    monkeypatch: pytest.MonkeyPatch, account: dict[str, bool] | None, verdict: str
) -> None:
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({} if account is None else account).encode()
            self.send_response(403 if account is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings = SendingSettings(TransportKind.SES, ses=SesSettings("eu-west-1"))
        found = check_ses(settings, f"http://127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        thread.join()

    assert found[0].verdict == verdict


# --- this machine -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "verdict"), [(0, "good"), (-20, "good"), (90, "weak"), (-3_000, "bad")])
def test_a_clock_that_is_wrong_is_told(seconds: int, verdict: str) -> None:
    assert machine.check_clock(NOW, NOW + timedelta(seconds=seconds)).verdict == verdict


def test_a_clock_without_another_is_unseen() -> None:
    assert machine.check_clock(NOW, None).verdict is Verdict.UNSEEN


@pytest.mark.parametrize(("free", "verdict"), [(10**10, "good"), (5 * 10**8, "weak"), (10**7, "bad")])
def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path, free: int, verdict: str) -> None:
    assert machine.check_disk(tmp_path, free).verdict == verdict
    assert machine.check_disk(tmp_path).seen.endswith("GB free")


def test_a_database_is_good_where_its_commits_last(database: Database) -> None:
    """The tests' PostgreSQL is fast because it waits for no disk: the doctor sees that."""
    found = machine.check_database(database)

    assert found.verdict is (Verdict.GOOD if database.is_sqlite else Verdict.BAD)
    assert database.is_sqlite or "fsync = off" in found.seen


def test_a_database_of_less_care_is_bad(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    sql.event.listen(database.engine, "begin", lambda made: made.exec_driver_sql("COMMIT"))
    with database.reading() as connection:
        connection.exec_driver_sql("PRAGMA synchronous = NORMAL")
        found = machine.check_sqlite(database, connection)

    assert (found.verdict, found.seen) == (Verdict.BAD, "SQLite, journal_mode = wal, synchronous = 1")
    database.close()


def test_a_database_on_a_network_is_known_by_its_file_system() -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/x /srv/my\\040data nfs4 rw 0 0\nproc /proc proc rw 0 0\n"

    assert machine.file_system(Path("/srv/my data/letters/partwork.db"), mounts) == "nfs4"
    assert machine.file_system(Path("/srv/other/partwork.db"), mounts) == "ext4"
    assert machine.file_system(Path("/x"), "") == ""


@POSIX
def test_a_secret_that_others_can_read_is_bad(tmp_path: Path) -> None:
    open_tokens(tmp_path)
    settings = SendingSettings(dkim=DkimSettings(selector="one", key="rsa.key"))
    write_keys(tmp_path)
    assert machine.check_files(tmp_path, settings, has_secret=True).verdict is Verdict.GOOD

    (tmp_path / "rsa.key").chmod(0o644)
    found = machine.check_files(tmp_path, settings, has_secret=True)

    assert (found.verdict, found.mend) == (Verdict.BAD, "run `chmod 600 rsa.key`")


def test_without_a_secret_it_is_said_when_there_will_be_one(tmp_path: Path) -> None:
    assert machine.check_files(tmp_path, SendingSettings(), has_secret=False).verdict is Verdict.UNSEEN


def test_complaints_are_counted_against_letters(database: Database) -> None:
    assert check_complaints(None, b.NOW).verdict is Verdict.UNSEEN
    assert check_complaints(database, b.NOW).verdict is Verdict.UNSEEN
    of = b.campaign(database)
    with database.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO deliveries (campaign_id, subscriber_id, state) WITH RECURSIVE n(k) AS "
            f"(SELECT 1000 UNION ALL SELECT k + 1 FROM n WHERE k < 2999) SELECT {of}, k, 'accepted' FROM n"
        )
    assert check_complaints(database, b.NOW).verdict is Verdict.GOOD
    for count, verdict in ((3, "weak"), (7, "bad")):
        while b.written(database) < count:
            name = b.delivery(database, of, b.ada(database, f"r{b.written(database)}@example.org"))
            b.take(database, shapes.complaint(b.TOKENS.delivery(name)))
        assert check_complaints(database, b.NOW).verdict == verdict


# --- the whole --------------------------------------------------------------------------------------------


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
    assert set(found) == {str(subject) for subject in Subject}
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
    assert {one["subject"] for one in found["findings"]} == {str(subject) for subject in Subject}
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
