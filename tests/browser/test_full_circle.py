"""The full circle with real parts: a browser, Postfix, a Maildir, the command that sends, and one click."""

import email
import shutil
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.cli import main, options
from pipeline.database import open_database
from tests.email import postfix
from tests.projects import ROOT
from tests.serve.counter import ONE_CLICK, Shop, open_shop, path_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.program]
ADA = f"ada@{postfix.DOMAIN}"


@pytest.fixture
def mail(request: pytest.FixtureRequest) -> Iterator[tuple[int, Path]]:
    if why := postfix.missing():
        pytest.skip(why)
    with postfix.running() as running:
        yield running


def received(inbox: Path, count: int) -> list[EmailMessage]:
    """Everything in the mailbox, once it is so much, by the time of arriving."""
    postfix.wait_for(inbox, count)
    paths = sorted((inbox / "new").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in paths]  # type: ignore[misc]


def publication(root: Path, shop_url: str, port: int) -> None:
    """The sample on the disk, as the server has it, for the command that sends."""
    for folder in ("series", "templates/blocks"):
        shutil.copytree(ROOT / folder, root / folder)
    config = (ROOT / "partwork.toml").read_text().split("[signup]")[0]
    (root / "partwork.toml").write_text(config + f'[sending]\npublic_url = "{shop_url}"\n{through(port)}')


def through(port: int) -> str:
    return f'transport = "smtp"\n[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'


def test_from_a_form_to_a_letter_and_out_again(
    tmp_path: Path, chromium: "Browser", mail: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, inbox = mail
    database = open_database("", tmp_path)
    with open_shop(tmp_path, database, more=through(port), is_seen_here=True) as shop:
        publication(tmp_path, shop.url, port)
        monkeypatch.setenv("PARTWORK_SECRET", "0123456789abcdef" * 4)
        monkeypatch.setattr(options, "clock", shop.clock)
        monkeypatch.setattr(options, "now", lambda: shop.clock().replace(microsecond=0))
        _join_in_browser(shop, chromium, inbox)

        assert send(tmp_path, "gut-and-immunity/1") == 0
        part = received(inbox, 3)[2]
        assert part["To"] == ADA
        assert part["List-Unsubscribe-Post"] is None  # an address without https has no one-click
        leave = part["List-Unsubscribe"].split(">")[0].removeprefix(f"<{shop.url.rstrip('/')}")
        assert shop.post(leave, ONE_CLICK).status_code == 200

        send(tmp_path, "gut-and-immunity/2")
        time.sleep(1)
        assert len(received(inbox, 3)) == 3
    database.close()


def _join_in_browser(shop: Shop, chromium: "Browser", inbox: Path) -> None:
    page = chromium.new_page()
    page.goto(f"{shop.url}subscribe")
    page.wait_for_timeout(2100)
    page.get_by_label("Your email address").fill(ADA)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("heading", name="Look in your inbox").wait_for()
    shop.deliver()
    page.goto(shop.url.rstrip("/") + path_in(received(inbox, 1)[0], "c"))
    page.get_by_role("button", name="Yes, send me the letters").click()
    page.get_by_role("heading", name="You are on the list").wait_for()
    shop.deliver()
    assert received(inbox, 2)[1]["Subject"] == "Welcome to The Slow Digest"
    page.close()


def send(root: Path, part: str) -> int:
    return main(["send", part, "--root", str(root), "--yes"])
