"""``partwork approve``, and what goes out without it: nothing, where it is required."""

from datetime import timedelta

import pytest

from tests.letters.conftest import FIRST, PART, START

REQUIRED = 'approval = "required"'


def test_what_nobody_has_approved_is_not_sent_where_that_is_required(shop):
    shop.settings(REQUIRED)
    run = shop("send", PART, "--yes")
    assert run.code == 1
    assert f"partwork approve {PART}" in run.err
    assert shop.campaigns() == []


def test_what_has_been_approved_is_sent(shop):
    shop.settings(REQUIRED)
    approved = shop("approve", PART, "--by", "Maren", "--yes")
    assert approved.code == 0
    assert "Approved by Maren" in approved.out
    run = shop("send", PART, "--yes")
    assert run.code == 0
    assert "approved (by Maren, Wednesday 18 November 2026, 06:01)" in run.out
    assert len(shop.outbox()) == 3


@pytest.mark.parametrize(
    ("old", "new", "path", "shown"),
    [
        ("title: Where it goes", "title: Where it went", FIRST, "+Subject: Where it went (Part 1 of 3)"),
        ("looking is the only task", "paying is the only task", FIRST, ": *paying is the only task*"),
        ('accent = "#7a4a1f"', 'accent = "#1f4a7a"', "partwork.toml", "+"),
        ("1 Example Street", "2 Example Street", "partwork.toml", "2 Example Street"),
    ],
)
def test_what_was_edited_after_that_is_refused_with_the_difference(shop, old, new, path, shown):
    shop.settings(REQUIRED)
    shop("approve", PART, "--yes")
    shop.change(old, new, path)
    run = shop("send", PART, "--yes")
    assert run.code == 1
    assert shown in run.out
    assert "--- approved" in run.out
    assert "has been changed since it was approved" in run.err
    assert shop.campaigns() == []


def test_an_approval_stands_when_something_else_is_edited(shop):
    shop.settings(REQUIRED)
    shop("approve", PART, "--yes")
    shop.change("title: Deciding once", "title: Deciding twice", "series/three-evenings/03-deciding-once.md")
    assert shop("send", PART, "--yes").code == 0


def test_approving_shows_where_one_can_look_at_the_letter(shop):
    before = shop("approve", PART, "--yes")
    assert "partwork build, then build/email/three-evenings/01-where-it-goes.html" in before.out
    assert shop("build").code == 0
    after = shop("approve", PART)
    assert "look at it build/email/three-evenings/01-where-it-goes.html" in after.out
    assert "It is approved already, as it stands." in after.out


def test_a_runner_holds_back_what_nobody_has_approved_and_sends_it_once_somebody_has(shop, clock):
    shop.settings(REQUIRED)
    held = shop("run", "--once")
    assert held.code == 1
    assert "three-evenings/1: due, and held back: not approved: partwork approve three-evenings/1" in held.out
    assert shop.campaigns() == []
    shop("approve", PART, "--yes")
    clock.set(START + timedelta(hours=1))
    assert shop("run", "--once").code == 0
    assert len(shop.outbox()) == 3


def test_the_calendar_tells_what_waits_for_approval(shop):
    shop.settings(REQUIRED)
    shop("approve", "three-evenings/2", "--yes")
    shop("approve", "three-evenings/3", "--yes")
    shop.change("title: Deciding once", "title: Deciding twice", "series/three-evenings/03-deciding-once.md")
    out = shop("schedule").out.splitlines()
    assert out[0] == "Three Evenings With Your Money  (UTC), to 3 subscribers"
    assert "not sent" in out[1]
    # Its teaser names Part 3, and so what was approved of Part 2 has changed, too.
    assert "changed, not approved" in out[2]
    assert "changed, not approved" in out[3]
    shop("approve", "three-evenings/2", "--yes")
    assert "approved" in shop("schedule").out.splitlines()[2]
