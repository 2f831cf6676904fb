"""`partwork bounces`, as one types it."""

import json
import sys
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.database import open_database
from pipeline.returns.understanding import UNREADABLE
from pipeline.sending.keys import open_tokens
from pipeline.sending.tokens import DeliveryName
from tests.returns import builders as b
from tests.returns import shapes
from tests.returns.test_mailboxes import maildir

CONFIG = """\
[publication]
id = "weekly.example.org,2026"
title = "The Kettle"
description = "Letters on tea"
url = "https://weekly.example.org/"
language = "en"
timezone = "Europe/London"

[sender]
name = "The Kettle"
email = "letters@weekly.example.org"
postal_address = "The Kettle, 1 Spout Lane, London"
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PARTWORK_SECRET", "PARTWORK_DATABASE", "PARTWORK_IMAP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "partwork.toml").write_text(CONFIG)
    return tmp_path


def run(root: Path, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main(["bounces", "--root", str(root), *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def came_back(root: Path) -> Path:
    """A dead address, a complaint and an answer in a Maildir; the first delivery is in doubt."""
    database = open_database("", root)
    tokens = open_tokens(root)
    of = b.campaign(database)
    one = b.delivery(database, of, b.ada(database), "uncertain")
    two = b.delivery(database, of, b.ada(database, "bo@example.org"), address="bo@example.org")
    database.close()
    box = maildir(
        root / "mail",
        shapes.postfix(tokens.delivery(one)),
        shapes.complaint(tokens.delivery(two)),
        shapes.answer(tokens.delivery(two)),
    )
    return box.path


def test_the_report_counts_and_says_what_was_left(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(root, capsys, "--maildir", came_back(root))

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "3 messages read, 2 taken in.",
        "  dead             1  there is no such address: bounced, never written to again",
        "  complained       1  told their provider it is spam: never written to again",
        "1 subscriber bounced.",
        "1 uncertain delivery settled: something came back.",
        f"left where it is: new/1700000000.000002.host: {UNREADABLE}",
    ]


def test_as_json_it_tells_of_every_message_and_no_address(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(root, capsys, "--maildir", came_back(root), "--json")
    found = json.loads(out)

    assert code == 0
    assert {key: found[key] for key in ("read", "taken_in", "left", "settled")} == {
        "read": 3,
        "taken_in": 2,
        "left": 1,
        "settled": 1,
    }
    assert found["messages"][0] == {
        "message": "new/1700000000.000000.host",
        "kind": "dead",
        "status": "5.1.1",
        "words": "550 5.1.1 <(address)>: Recipient address rejected: User unknown",
        "campaign": 1,
        "subscriber": 1,
        "is_new": True,
        "subscriber_is_now": "bounced",
        "is_suppressed": True,
        "is_settled": True,
        "why_left": "",
    }
    assert "@" not in out


def test_without_flufl_bounce_it_says_what_to_install(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    came_back(root)
    monkeypatch.setitem(sys.modules, "flufl.bounce", None)  # as if it were not there
    box = maildir(root / "other", shapes.qmail(open_tokens(root).delivery(DeliveryName(1, 1))))

    code, out, err = run(root, capsys, "--maildir", box.path)

    assert (code, out.splitlines()[0]) == (0, "1 message read, 0 taken in.")
    assert err == "Bounces that are no reports need flufl.bounce: pip install 'partwork[bounces]'\n"


def test_where_nothing_was_sent_no_mailbox_is_touched(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    box = maildir(root / "mail", b"spam")

    code, _, err = run(root, capsys, "--maildir", box.path)

    assert code == 1
    assert "nothing has been sent from here" in err


@pytest.mark.parametrize(
    ("more", "words", "code", "told"),
    [
        ("", [], 2, "Say where bounces lie"),
        ("", ["--maildir", "x", "--imap"], 2, "not both"),
        ("", ["--imap"], 1, "no mailbox is configured"),
        ('[imap]\nhost = "127.0.0.1"\nusername = "bounces"\n', [], 1, "PARTWORK_IMAP_PASSWORD"),
        ("", ["--maildir", "none"], 1, "is no Maildir"),
    ],
)
def test_what_is_missing_is_told(
    root: Path, capsys: pytest.CaptureFixture[str], more: str, words: list[str], code: int, told: str
) -> None:
    came_back(root)
    (root / "partwork.toml").write_text(CONFIG + more)

    found, _, err = run(root, capsys, *words)

    assert found == code
    assert told in err


def test_without_a_publication_it_says_how_to_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(tmp_path, capsys, "--maildir", "x")

    assert code == 1
    assert "partwork init" in err
