"""The sender that benchmarks/crash.py kills: plans the campaign if nobody has, and sends until it is finished.

python benchmarks/crash_runner.py DATABASE FOLDER PORT CONNECTIONS LEASE_SECONDS SYNCHRONOUS
"""

import os
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sql

from pipeline.database import Database, open_database
from pipeline.errors import DatabaseError, LedgerError
from pipeline.ledger import lease
from pipeline.ledger.campaigns import CampaignState, Letter, plan
from pipeline.ledger.deliveries import Delivery
from pipeline.sending.connecting import SmtpTransport
from pipeline.sending.errand import Ending, Errand
from pipeline.sending.pace import Patience
from pipeline.sending.sender import recover, send
from pipeline.sending.smtp import Timeouts
from pipeline.sending.transport import Copy
from pipeline.settings import Security, SendingSettings, SmtpSettings
from pipeline.subscribers.audience import audience, no_longer

LETTER = Letter("series", "part", 1, "Part 1", "digest", b"frozen")
BODY = b"Subject: Part 1\r\n\r\n" + b"A line of the letter, of the length that lines have.\r\n" * 40
PATIENCE = Patience(timedelta(milliseconds=50), timedelta(seconds=1), 1_000)


def now() -> datetime:
    return datetime.now(UTC)


def copy_for(delivery: Delivery) -> Copy:
    message_id = f"<{delivery.campaign_id}.{delivery.subscriber_id}@example.org>"
    data = f"Message-ID: {message_id}\r\n".encode() + BODY
    return Copy("bounces@example.org", delivery.address, message_id, data)


def turn(database: Database, port: int, connections: int, lasts: timedelta) -> bool:
    """Take the lease, if it is free, and send; whether the campaign is over."""
    campaign = plan(database, LETTER, audience("series", at=now()), now()).campaign
    if campaign.state is CampaignState.FINISHED:
        return True
    held = lease.take(database, f"process {os.getpid()}", now(), lasts=lasts)
    recover(database, held, now())
    server = SmtpSettings("127.0.0.1", port, Security.NONE)
    errand = Errand(
        database=database,
        lease=held,
        transport=SmtpTransport(server, timeouts=Timeouts(*[1.0] * 6), own_name="trial.example.org"),
        make_copy=copy_for,
        settings=SendingSettings(connections=connections, max_rejected=100),
        left_since=lambda connection, keys: no_longer(connection, "series", keys, at=now()),
        bury=lambda *_: None,
        clock=now,
        stop=threading.Event(),
        patience=PATIENCE,
        slowest=timedelta(seconds=0.2),
    )
    ended = send(errand, campaign)
    lease.give_back(database, held)
    return ended.ending is Ending.FINISHED


def main() -> None:
    address, folder, port, connections, lasts, synchronous = sys.argv[1:]
    database = open_database(address, Path(folder))
    if database.is_sqlite and synchronous != "FULL":
        database.close()  # what was opened so far is with FULL
        setting = f"PRAGMA synchronous = {synchronous}"
        sql.event.listen(database.engine, "connect", lambda made, _record: made.execute(setting))
    while True:
        try:
            if turn(database, int(port), int(connections), timedelta(seconds=float(lasts))):
                return
        except (lease.LeaseTakenError, DatabaseError):
            time.sleep(0.05)
        except LedgerError as error:
            sys.stderr.write(f"{os.getpid()}: {error}\n")


if __name__ == "__main__":
    main()
