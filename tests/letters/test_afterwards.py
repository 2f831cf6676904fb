"""What one does once a campaign has run: look, try again, settle doubts, correct."""

import csv
import io
import json
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from benchmarks.rough_server import DROP, Act, Phase, Transaction, once
from tests.letters.conftest import PART

LAZY = "connections = 1\nmax_rejected = 100\n"


def refuse(address: str, words: bytes):
    """A script that refuses one address."""

    def script(phase: Phase, at: Transaction) -> Act | None:
        return Act(words) if phase is Phase.RCPT and at.address == address else None

    return script


@pytest.fixture
def doubtful(shop, server):
    """A campaign of which the first delivery is uncertain; the server has it."""
    sink = server(once(Phase.RECORDED, DROP))
    shop.through(sink.port, LAZY)
    assert shop("send", PART, "--yes").code == 3
    return sink


def uncertain(shop) -> str:
    return next(fate.address for fate in shop.fates() if fate.state == "uncertain")


def test_who_tells_everybody_and_why(shop, server):
    shop.through(server(refuse("r2@example.org", b"550 5.2.1 not wanted here\r\n")).port, LAZY)
    shop("subscribers", "suppress", "r3@example.org")
    shop("send", PART, "--yes")
    text = shop("who", PART).out.splitlines()
    assert [line.split()[1] for line in text] == ["accepted", "rejected", "excluded"]
    assert "not wanted here" in text[1]
    assert shop("who", PART, "--state", "rejected").out.startswith("r2@example.org")
    rows = list(csv.DictReader(io.StringIO(shop("who", PART, "--csv").out)))
    assert [row["state"] for row in rows] == ["accepted", "rejected", "excluded"]
    lines = [json.loads(line) for line in shop("who", PART, "--json").out.splitlines()]
    assert lines[1]["code"] == 550


def test_a_spreadsheet_runs_no_formula_that_a_server_said(shop, server):
    shop.through(server(refuse("r2@example.org", b'550 =HYPERLINK("http://x")\r\n')).port, LAZY)
    shop("send", PART, "--yes")
    for row in csv.reader(io.StringIO(shop("who", PART, "--csv").out)):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_who_was_rejected_is_tried_again_and_nobody_else(shop, server):
    sink = server(refuse("r2@example.org", b"552 5.2.2 full\r\n"))
    shop.through(sink.port, LAZY)
    shop("send", PART, "--yes")
    sink.script = lambda *_: None
    run = shop("retry", PART, "--yes")
    assert "1 planned again" in run.out
    assert shop("send", PART).code == 0
    assert sorted(each.addresses[0] for each in sink.taken) == [
        "r1@example.org",
        "r2@example.org",
        "r3@example.org",
    ]


def test_who_is_in_doubt_is_never_tried_again(shop, doubtful):
    run = shop("retry", PART, "--yes")
    assert run.code == 0
    assert "there is nothing to try again" in run.out
    assert "1 uncertain stay as they are" in run.out
    shop("send", PART)
    shop("run", "--once")
    assert len(doubtful.taken) == 3


def test_a_doubt_is_settled_by_hand(shop, doubtful):
    assert shop("resolve", PART, "--accepted", "nobody@example.org").code == 1
    run = shop("resolve", PART, "--accepted", uncertain(shop).upper())
    assert run.code == 0
    assert "1 settled, 0 uncertain are left." in run.out
    assert shop.states() == ["accepted"] * 3
    assert shop("campaign", PART).code == 0


def test_what_was_not_accepted_is_sent_again_once_a_person_has_said_so(shop, doubtful):
    address = uncertain(shop)
    run = shop("resolve", PART, "--not-accepted", address)
    assert f"To send it to them: partwork send {PART}" in run.out
    assert shop("send", PART).code == 0
    assert [each.addresses[0] for each in doubtful.taken].count(address) == 2  # it had it: the person was wrong


def test_a_doubt_is_settled_by_the_mail_servers_own_log(shop, doubtful):
    address = uncertain(shop)
    message_id = next(each.message_id for each in doubtful.taken if each.addresses == (address,))
    log = shop.root / "mail.log"
    log.write_text(
        f"Nov 18 06:01:00 mx postfix/cleanup[9]: 4A1B2C3D: message-id={message_id}\n"
        f"Nov 18 06:01:01 mx postfix/smtp[9]: 4A1B2C3D: to=<{address}>, relay=x, status=sent (250 2.0.0 Ok)\n"
    )
    run = shop("resolve", PART, "--log", log)
    assert run.code == 0, run.out + run.err
    assert shop.states() == ["accepted"] * 3


def test_a_log_that_says_nothing_settles_nothing(shop, doubtful):
    log = shop.root / "mail.log"
    log.write_text("Nov 18 06:01:00 mx postfix/cleanup[9]: 4A1B2C3D: message-id=<other@example.org>\n")
    run = shop("resolve", PART, "--log", log)
    assert run.code == 3
    assert "0 settled, 1 uncertain is left." in run.out


def test_a_correction_goes_to_those_who_got_the_part_in_its_clothes(shop, clock):
    shop("subscribers", "suppress", "r1@example.org")
    shop("send", PART, "--yes")
    shop("subscribers", "add", "new@example.org")
    shop.file("sorry.md").write_text("The sum in *week two* was wrong: it is **14**.\n")
    assert shop("errata", PART, "--message", "sorry.md", "--dry-run").code == 0
    run = shop("errata", PART, "--message", "sorry.md", "--yes")
    assert run.code == 0, run.err
    copies = [message_from_bytes(data, policy=policy.default) for data in shop.outbox()]
    corrections = [copy for copy in copies if copy["Subject"].startswith("Correction: Where it goes")]
    assert sorted(copy["To"] for copy in corrections) == ["r2@example.org", "r3@example.org"]
    text = corrections[0].get_body(("plain",)).get_content()
    assert "The sum in" in text
    original = next(copy for copy in copies if copy not in corrections)
    assert corrections[0]["X-Partwork-Disclaimers"] == original["X-Partwork-Disclaimers"]
    assert corrections[0]["List-Unsubscribe"]
    assert "Unsubscribe" in text
    assert "A place for it" not in text  # no teaser
    assert [each["correction"] for each in shop.campaigns()] == [1, 0]
    assert shop("who", PART, "--correction", "1", "--state", "accepted").out.count("\n") == 2


def test_the_same_correction_goes_out_once(shop):
    shop("send", PART, "--yes")
    shop.file("sorry.md").write_text("It is 14.\n")
    shop("errata", PART, "--message", "sorry.md", "--yes")
    again = shop("errata", PART, "--message", "sorry.md", "--yes")
    assert again.code == 0
    assert "This very correction is finished" in again.out
    assert len(shop.outbox()) == 6
    shop.file("sorry.md").write_text("It is 15 after all.\n")
    shop("errata", PART, "--message", "sorry.md", "--yes")
    assert len(shop.outbox()) == 9


def test_a_correction_that_was_interrupted_is_gone_on_with(shop, server, monkeypatch):
    shop("send", PART, "--yes")
    shop.file("sorry.md").write_text("It is 14.\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.sending.line._UNREACHED", timedelta(0))
        shop.through(1, "connections = 1\n")
        assert shop("errata", PART, "--message", "sorry.md", "--yes").code == 1
    sink = server()
    shop.through(sink.port)
    run = shop("errata", PART, "--message", "sorry.md", "--yes")
    assert "This very correction is under way: going on" in run.out
    assert len(sink.taken) == 3
    assert len(shop.campaigns()) == 2


def test_a_correction_may_have_words_of_its_own_in_front_matter(shop):
    shop("send", PART, "--yes")
    shop.file("sorry.md").write_text(
        "---\ntitle: Lo sentimos\nsummary: Un error.\nsubject: Lo sentimos\n---\n\nEra 14.\n"
    )
    assert shop("errata", PART, "--message", "sorry.md", "--dry-run", "--json").data["subject"] == "Lo sentimos"


def test_trouble_in_a_correction_is_told_where_it_is_written(shop):
    shop("send", PART, "--yes")
    shop.file("sorry.md").write_text("Well.\n\nSee [that](nowhere.md).\n")
    run = shop("errata", PART, "--message", "sorry.md", "--yes")
    assert run.code == 1
    assert "sorry.md:3:1: error PW301" in run.err
    assert len(shop.campaigns()) == 1


def test_nobody_is_corrected_before_they_got_anything(shop):
    shop.file("sorry.md").write_text("Well.\n")
    assert shop("errata", PART, "--message", "sorry.md", "--yes").code == 2


def test_a_paused_campaign_waits_for_resume_and_a_cancelled_one_for_ever(shop, server):
    shop.through(1, "connections = 1\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.sending.line._UNREACHED", timedelta(0))
        shop("send", PART, "--yes")
    assert shop("pause", PART, "--because", "a wrong figure").code == 0
    sink = server()
    shop.through(sink.port)
    run = shop("send", PART)
    assert run.code == 1
    assert "paused: a wrong figure" in run.out
    shop("run", "--once")
    assert not sink.taken
    assert shop("resume", PART).code == 0
    assert shop("send", PART).code == 0
    assert len(sink.taken) == 3
    assert shop("pause", PART).code == 1  # it is finished
    assert shop("cancel", PART, "--yes").code == 1
