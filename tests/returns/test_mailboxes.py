"""Reading a Maildir and a mailbox by IMAP: nothing lost, nothing read twice, and a reader's answer left alone."""

import ssl
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline.database import Database
from pipeline.errors import DatabaseError, MailboxError
from pipeline.returns.imap import ImapMailbox
from pipeline.returns.maildir import Maildir
from pipeline.returns.returned import Kind
from pipeline.returns.taking_in import FOLDER, take_in
from pipeline.sending.tokens import DeliveryName
from pipeline.settings import ImapSettings, Security
from tests.returns import certificates, shapes
from tests.returns.builders import NOW, TOKENS, ada, campaign, delivery, sent, state_of, written
from tests.returns.imap_server import PASSWORD, USERNAME, Box, running


def maildir(path: Path, *messages: bytes) -> Maildir:
    for place in ("tmp", "new", "cur"):
        (path / place).mkdir(parents=True, exist_ok=True)
    for number, message in enumerate(messages):
        (path / "new" / f"1700000000.{number:06}.host").write_bytes(message)
    return Maildir(path)


def files(path: Path) -> list[str]:
    return sorted(each.relative_to(path).as_posix() for each in path.rglob("*") if each.name.startswith("17"))


def many(database: Database, count: int) -> list[DeliveryName]:
    of = campaign(database)
    return [
        delivery(database, of, ada(database, f"r{k}@example.org"), address=f"r{k}@example.org")
        for k in range(count)
    ]


def test_a_maildir_is_taken_in_and_put_away_and_the_rest_stays(database: Database, tmp_path: Path) -> None:
    token = TOKENS.delivery(sent(database))
    path = tmp_path / "mail"
    box = maildir(path, shapes.postfix(token), shapes.answer(token), b"spam", shapes.full_mailbox("x" * 40))

    report = take_in(database, box, TOKENS, NOW)

    assert (len(report.read), report.count(Kind.DEAD), len(report.left)) == (4, 1, 3)
    assert files(path) == [
        f".{FOLDER}/cur/1700000000.000000.host:2,S",
        *(f"new/1700000000.{k:06}.host" for k in (1, 2, 3)),
    ]
    assert (path / f".{FOLDER}" / "maildirfolder").exists()


def test_a_second_reading_finds_nothing_new(database: Database, tmp_path: Path) -> None:
    box = maildir(tmp_path / "mail", shapes.postfix(TOKENS.delivery(sent(database))))
    take_in(database, box, TOKENS, NOW)

    assert take_in(database, box, TOKENS, NOW).read == []


def test_a_crash_before_a_message_was_put_away_is_harmless(database: Database, tmp_path: Path) -> None:
    class Crashing(Maildir):
        def put_away(self, names: Sequence[str]) -> None:
            raise KeyboardInterrupt

    path = tmp_path / "mail"
    box = maildir(path, *(shapes.postfix(TOKENS.delivery(name)) for name in many(database, 3)))
    with pytest.raises(KeyboardInterrupt):
        take_in(database, Crashing(path), TOKENS, NOW)

    again = take_in(database, box, TOKENS, NOW)

    assert [one.effect.is_new for one in again.read] == [False] * 3
    assert written(database) == 3
    assert all(name.startswith(f".{FOLDER}") for name in files(path))


def test_where_the_database_fails_every_message_stays(tmp_path: Path, database: Database) -> None:
    token = TOKENS.delivery(sent(database))
    path = tmp_path / "mail"
    box = maildir(path, shapes.postfix(token))
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE returns")

    with pytest.raises(DatabaseError):
        take_in(database, box, TOKENS, NOW)
    assert files(path) == ["new/1700000000.000000.host"]


def test_more_messages_than_a_group_are_all_read(database: Database, tmp_path: Path) -> None:
    names = many(database, 120)
    box = maildir(tmp_path / "mail", *(shapes.postfix(TOKENS.delivery(name)) for name in names))

    assert take_in(database, box, TOKENS, NOW).count(Kind.DEAD) == 120
    assert {state_of(database, name.subscriber) for name in names} == {"bounced"}


def test_links_out_of_a_maildir_and_folders_in_it_are_not_read(database: Database, tmp_path: Path) -> None:
    sent(database)
    path = tmp_path / "mail"
    box = maildir(path)
    (tmp_path / "secret").write_text("secret")
    (path / "new" / "17.folder").mkdir()
    assert take_in(database, box, TOKENS, NOW).read == []
    (path / "new" / "17.link").symlink_to(tmp_path / "secret")

    with pytest.raises(MailboxError, match="cannot be read"):
        take_in(database, box, TOKENS, NOW)


def test_a_name_that_is_taken_among_what_was_read_covers_nothing(tmp_path: Path, database: Database) -> None:
    one, two = many(database, 2)
    path = tmp_path / "mail"
    take_in(database, maildir(path, shapes.postfix(TOKENS.delivery(one))), TOKENS, NOW)
    take_in(database, maildir(path, shapes.postfix(TOKENS.delivery(two))), TOKENS, NOW)

    assert len(list((path / f".{FOLDER}" / "cur").iterdir())) == 2


def test_no_maildir_is_told(tmp_path: Path, database: Database) -> None:
    with pytest.raises(MailboxError, match="is no Maildir that can be read"):
        take_in(database, Maildir(tmp_path / "none"), TOKENS, NOW)


def settings(port: int, **more: object) -> ImapSettings:
    values: dict[str, object] = {"host": "127.0.0.1", "port": port, "username": USERNAME}
    return ImapSettings(**{**values, **more})  # type: ignore[arg-type]


@pytest.fixture(params=["IMAP4rev1 MOVE UIDPLUS", "IMAP4rev1 UIDPLUS", "IMAP4rev1"])
def box(request: pytest.FixtureRequest) -> Box:
    return Box(capabilities=request.param)


def test_a_mailbox_by_imap_is_taken_in_once(database: Database, tmp_path: Path, box: Box) -> None:
    token = TOKENS.delivery(sent(database))
    box.put(shapes.answer(token), shapes.postfix(token).replace(b"\n", b"\r\n"), b"")
    trusted = certificates.make(tmp_path)
    with running(box, trusted.server()) as port:
        for _ in range(2):
            with ImapMailbox(settings(port), PASSWORD, trusted.client()) as mailbox:
                report = take_in(database, mailbox, TOKENS, NOW)
                assert len(report.read) in (3, 0)

    assert box.fetched == 3
    assert list(box.folders[FOLDER]) == [2]
    assert box.flags[1] == {"partwork-left"}
    assert "EXPUNGE" not in box.heard  # what others have marked is theirs
    assert (2 in box.folders["INBOX"]) == (box.capabilities == "IMAP4rev1")


def test_a_server_without_keywords_is_read_again_to_no_effect(database: Database, tmp_path: Path) -> None:
    box = Box(keeps_keywords=False)
    box.put(b"spam")
    sent(database)
    trusted = certificates.make(tmp_path)
    with running(box, trusted.server()) as port:
        for _ in range(2):
            with ImapMailbox(settings(port), PASSWORD, trusted.client()) as mailbox:
                assert len(take_in(database, mailbox, TOKENS, NOW).left) == 1


@pytest.mark.parametrize(
    ("names", "trusts", "words"),
    [(("mail.example.org",), True, "not to be trusted"), (("127.0.0.1",), False, "not to be trusted")],
)
def test_no_password_goes_to_a_server_that_proves_nothing(
    tmp_path: Path, names: tuple[str, ...], trusts: bool, words: str
) -> None:
    box, made = Box(), certificates.make(tmp_path, *names)
    context = made.client() if trusts else ssl.create_default_context()
    with (
        running(box, made.server()) as port,
        pytest.raises(MailboxError, match=words),
        ImapMailbox(settings(port), PASSWORD, context),
    ):
        pass
    assert box.heard == []


def test_no_trouble_with_a_server_tells_the_password(tmp_path: Path) -> None:
    trusted = certificates.make(tmp_path)

    def trouble(password: str = PASSWORD, **more: object) -> str:
        with (
            running(Box(), trusted.server()) as port,
            pytest.raises(MailboxError) as told,
            ImapMailbox(settings(port, **more), password, trusted.client(), seconds=2),
        ):
            pass
        return str(told.value)

    checks: list[tuple[Callable[[], str], str]] = [
        (lambda: trouble("wrong word"), "refuses the login"),
        (lambda: trouble("wörd"), "not ASCII"),
        (lambda: trouble(""), "PARTWORK_IMAP_PASSWORD"),
        (lambda: trouble(mailbox="Elsewhere"), "no such mailbox"),
        (lambda: trouble(host=""), "no mailbox is configured"),
        (lambda: trouble(security=Security.NONE), "cannot be reached"),
    ]
    for check, words in checks:
        told = check()
        assert words in told
        assert "wrong word" not in told
        assert "wörd" not in told


def test_nobody_at_the_port_is_told() -> None:
    with pytest.raises(MailboxError, match="cannot be reached"), ImapMailbox(settings(1), PASSWORD):
        pass
