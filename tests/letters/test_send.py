"""``partwork send``: what it shows, refuses, sends once, and says at the end."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from io import StringIO

import pytest

from benchmarks.rough_server import DROP, Act, Phase, always, once
from pipeline.sending.keys import open_tokens
from tests.letters.conftest import FIRST, PART, START, THIRD, Shop


def parsed(data: bytes):
    return message_from_bytes(data, policy=policy.default)


def test_everybody_on_the_list_gets_a_copy_with_both_parts_and_a_way_out_of_their_own(shop):
    shop.settings('public_url = "https://letters.example.org/"')
    run = shop("send", PART, "--yes")
    assert run.code == 0, run.err
    tokens = open_tokens(shop.root)
    copies = {copy["To"]: copy for copy in map(parsed, shop.outbox())}
    assert sorted(copies) == ["r1@example.org", "r2@example.org", "r3@example.org"]
    ways = {}
    for address, copy in copies.items():
        assert [part.get_content_type() for part in copy.iter_parts()] == ["text/plain", "text/html"]
        assert copy["Subject"] == "Where it goes (Part 1 of 3)"
        assert copy["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        link = copy["List-Unsubscribe"].split(">")[0].removeprefix("<")
        assert link.startswith("https://letters.example.org/u/")
        ways[address] = tokens.read_way_out(link.rpartition("/")[2])
        for part in copy.iter_parts():
            assert link in part.get_content()
    by_id = {fate.subscriber_id: fate.address for fate in shop.fates()}
    assert {address: by_id[way.subscriber] for address, way in ways.items()} == {each: each for each in ways}


def test_the_table_at_the_end_adds_up(shop, server):
    shop.through(server(always(Phase.RCPT, Act(b"550 5.1.1 no such user\r\n"))).port)
    run = shop("send", PART, "--yes", "--json")
    counts = run.data["counts"]
    states = ("accepted", "rejected", "uncertain", "excluded", "planned", "claimed", "offered")
    assert sum(counts[state] for state in states) == counts["total"] == 3
    assert counts["rejected"] == 3
    assert re.search(r"^  rejected +3 .*no such user 3$", shop("campaign", PART).out, re.MULTILINE)


def test_a_second_send_does_nothing_and_says_when_the_first_was(shop):
    shop("send", PART, "--yes")
    again = shop("send", PART, "--yes")
    assert again.code == 0
    assert "has been sent, on Wednesday 18 November 2026, 06:01, to 3 subscribers" in again.out
    assert "partwork errata three-evenings/1" in again.out
    assert len(shop.outbox()) == 3
    assert len(shop.campaigns()) == 1


@pytest.mark.parametrize(
    "name", ["three-evenings/1", "three-evenings/01-where-it-goes", "three-evenings/where-it-goes", FIRST]
)
def test_a_part_is_known_by_its_number_its_slug_and_its_file(shop, name):
    assert shop("send", name, "--dry-run", "--json").data["part"] == "where-it-goes"


@pytest.mark.parametrize(
    "name", ["three-evenings/9", "three-evenings", "nothing/1", "three-evenings/02-where-it-goes"]
)
def test_a_part_that_does_not_exist_is_a_mistake_in_the_command(shop, name):
    run = shop("send", name, "--yes")
    assert run.code == 2
    assert "There is no part" in run.err


def test_a_dry_run_shows_it_all_and_keeps_nothing(shop):
    before = {path: path.stat().st_mtime_ns for path in shop.root.rglob("*") if path.is_file()}
    run = shop("send", PART, "--dry-run")
    assert run.code == 0
    for words in (
        "subject    Where it goes",
        "preheader  Before any plan",
        "3 subscribers",
        "1 minute ago",
        "outbox/",
    ):
        assert words in run.out.replace("60 seconds", "1 minute"), run.out
    left = {path: path.stat().st_mtime_ns for path in shop.root.rglob("*") if path.is_file()}
    assert {path.name for path in left.keys() - before.keys()} <= {"partwork.db-wal", "partwork.db-shm"}
    assert shop.campaigns() == []


def test_nobody_is_sent_anything_without_an_answer(shop, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO())
    run = shop("send", PART)
    assert run.code == 1
    assert "Add --yes" in run.err
    assert shop.campaigns() == []


def test_looking_makes_no_database(empty_shop):
    for command in (("campaigns",), ("campaign", PART), ("who", PART), ("schedule",), ("send", PART, "--dry-run")):
        empty_shop(*command)
    empty_shop("retry", PART, "--yes")
    empty_shop("send", PART, "--yes")
    assert not (empty_shop.root / "partwork.db").exists()


def test_without_a_list_it_says_how_to_get_one(empty_shop):
    run = empty_shop("send", PART, "--yes")
    assert run.code == 1
    assert "partwork subscribers import" in run.err


def test_a_part_before_its_slot_needs_a_word(shop):
    run = shop("send", "three-evenings/2", "--yes")
    assert run.code == 1
    assert "comes out on Wednesday 25 November 2026, 06:00" in run.err
    assert "--early" in run.err
    assert shop("send", "three-evenings/2", "--yes", "--early").code == 0


def test_a_part_whose_predecessor_was_not_sent_is_sent_with_a_remark(shop):
    run = shop("send", "three-evenings/2", "--dry-run", "--early")
    assert "Part 1, which this one refers to, has not been sent" in run.out


def test_a_draft_is_sent_to_nobody_but_those_who_test_it(shop):
    part = "three-evenings/3"
    shop.change("title: Deciding once", "title: Deciding once\ndraft: true", THIRD)
    run = shop("send", part, "--early", "--yes")
    assert run.code == 1
    assert "is a draft: take `draft: true` out of series/three-evenings/03-deciding-once.md" in run.err
    assert shop("send", part, "--test", "me@example.org").code == 0
    assert len(shop.outbox()) == 1


def test_nothing_is_sent_of_a_publication_with_errors(shop):
    shop.change("title: Where it goes", "titel: Where it goes")
    run = shop("send", PART, "--yes")
    assert run.code == 1
    assert "PW203" in run.err
    assert "nothing is sent of a publication with errors" in run.err
    assert shop.campaigns() == []


def test_only_those_with_a_tag_can_be_meant(shop):
    shop("subscribers", "tag", "early", "r2@example.org")
    run = shop("send", PART, "--to", "early", "--yes")
    assert "whoever lacks the tag `early` will not get it" in run.out
    assert [fate.address for fate in shop.fates()] == ["r2@example.org"]
    nobody = shop("send", "three-evenings/2", "--early", "--to", "nobody", "--yes")
    assert nobody.code == 1
    assert "has the tag `nobody`" in nobody.err


def test_who_has_left_is_left_out_with_the_reason(shop):
    shop("subscribers", "suppress", "r1@example.org")
    run = shop("send", PART, "--yes")
    assert "left out   1: suppressed 1" in run.out
    assert shop.states() == ["excluded", "accepted", "accepted"]
    assert "r1@example.org" in shop("who", PART, "--state", "excluded").out


def test_without_a_public_address_people_get_nothing(shop, server):
    sink = server()
    shop.through(sink.port)
    shop.change('public_url = "https://letters.example.org/"\n', "", "partwork.toml")
    run = shop("send", PART, "--yes")
    assert run.code == 1
    assert "public_url" in run.err
    assert not sink.taken
    assert shop("send", PART, "--test", "me@example.org").code == 0
    assert [each.addresses for each in sink.taken] == [("me@example.org",)]


def test_a_test_copy_is_marked_and_counts_nowhere(shop):
    run = shop("send", PART, "--test", "me@example.org", "you@example.org")
    assert run.code == 0
    assert {parsed(copy)["Subject"] for copy in shop.outbox()} == {"[TEST] Where it goes (Part 1 of 3)"}
    assert {parsed(copy)["To"] for copy in shop.outbox()} == {"me@example.org", "you@example.org"}
    assert shop.campaigns() == []
    assert shop("send", PART, "--test", "no address").code == 1


def test_a_doubt_ends_with_exit_code_3_names_who_and_says_what_to_do(shop, server):
    shop.through(server(once(Phase.RECORDED, DROP)).port, "connections = 1\nmax_rejected = 100\n")
    run = shop("send", PART, "--yes")
    assert run.code == 3
    assert sorted(shop.states()) == ["accepted", "accepted", "uncertain"]
    doubtful = next(fate.address for fate in shop.fates() if fate.state == "uncertain")
    assert doubtful in run.out
    assert f"partwork resolve {PART} --accepted ADDRESS" in run.out
    assert shop("campaign", PART).code == 3
    assert shop("send", PART).code == 3


def test_a_server_that_is_gone_is_told_and_nothing_is_lost(shop, server, monkeypatch):
    monkeypatch.setattr("pipeline.sending.line._UNREACHED", timedelta(0))
    sink = server()
    shop.through(1, "connections = 1\n")
    run = shop("send", PART, "--yes")
    assert run.code == 1
    assert "Nothing takes our letters at the moment: 127.0.0.1:1 cannot be reached" in run.out
    assert f"To go on: partwork send {PART}" in run.out
    shop.through(sink.port)
    assert shop("send", PART).code == 0
    assert sorted(each.addresses[0] for each in sink.taken) == [
        "r1@example.org",
        "r2@example.org",
        "r3@example.org",
    ]


def test_what_was_planned_goes_out_as_it_was_even_when_the_part_is_edited_since(shop, server, monkeypatch):
    monkeypatch.setattr("pipeline.sending.line._UNREACHED", timedelta(0))
    shop.through(1, "connections = 1\n")
    shop("send", PART, "--yes")
    shop.change("title: Where it goes", "title: Where it went")
    shop.settings('public_url = "https://letters.example.org/"')
    run = shop("send", PART)
    assert "has been edited since" in run.out
    assert {parsed(copy)["Subject"] for copy in shop.outbox()} == {"Where it goes (Part 1 of 3)"}


def test_while_somebody_else_sends_a_part_is_planned_and_waits(shop):
    from pipeline.database import open_database
    from pipeline.ledger import lease

    database = open_database("", shop.root)
    held = lease.take(database, "elsewhere, process 1", shop.clock())
    run = shop("send", PART, "--yes")
    assert run.code == 0
    assert "elsewhere, process 1 is sending at the moment" in run.err
    assert shop.states() == ["planned"] * 3
    lease.give_back(database, held)
    database.close()
    assert shop("send", PART).code == 0
    assert shop.states() == ["accepted"] * 3


NASTY = 'email,first name\nann@example.org,"Ann\r\nBcc: thief@example.org"\nbob@example.org,<b>Bob</b> & Co\n'


def test_a_name_from_a_csv_adds_no_header_and_no_markup(empty_shop: Shop):
    empty_shop.change(
        "title: Where it goes", 'title: Where it goes\nsubject: "{{ first_name | Friend }}, where it goes"'
    )
    empty_shop.file("people.csv").write_bytes(NASTY.encode())
    empty_shop("subscribers", "import", "people.csv", "--source", "test", "--consent", "yes")
    assert empty_shop("send", PART, "--yes").code == 0
    for copy in map(parsed, empty_shop.outbox()):
        assert copy["Bcc"] is None
        assert not copy.defects
        html = copy.get_body(("html",)).get_content()
        assert "<b>Bob</b>" not in html
        assert copy["Subject"].endswith("where it goes")


def test_a_slipped_part_can_be_sent_by_hand(shop, clock):
    clock.set(START + timedelta(days=2))
    assert "slipped, not sent" in shop("run", "--once").out
    assert shop.outbox() == []
    assert shop("send", PART, "--yes").code == 0
    assert len(shop.outbox()) == 3


def test_either_database_will_do(empty_shop, server, monkeypatch, database_address):
    monkeypatch.setenv("PARTWORK_DATABASE", database_address)
    sink = server(once(Phase.RECORDED, DROP))
    empty_shop.through(sink.port, "connections = 1\nmax_rejected = 100\n")
    empty_shop.people(5)
    assert empty_shop("send", PART, "--yes").code == 3
    address = empty_shop("who", PART, "--state", "uncertain").out.split()[0]
    assert empty_shop("resolve", PART, "--accepted", address).code == 0
    assert "sent to 5" in empty_shop("schedule").out
    empty_shop.file("sorry.md").write_text("Sorry.\n", "utf-8")
    assert empty_shop("errata", PART, "--message", "sorry.md", "--yes").code == 0
    assert empty_shop("approve", "three-evenings/2", "--yes").code == 0
    assert [each["counts"]["accepted"] for each in empty_shop.campaigns()] == [5, 5]
    assert len(sink.taken) == 10
    assert not (empty_shop.root / "partwork.db").exists()


def test_whose_hour_has_not_come_waits_for_it(shop, clock):
    shop.settings("local_time = true")
    shop.file("more.csv").write_text("email,timezone\nla@example.org,America/Los_Angeles\n", "utf-8")
    shop("subscribers", "import", "more.csv")
    run = shop("send", PART, "--yes")
    assert run.code == 0
    assert "each at that hour where they are" in run.out
    assert "The next may leave on Wednesday 18 November 2026, 14:00." in run.out
    assert sorted(shop.states()) == ["accepted"] * 3 + ["planned"]
