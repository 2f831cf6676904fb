"""What a publication sends with: its database, secrets, keys and transport, put together for the sender."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sql

from pipeline.database import Database
from pipeline.errors import ConfigError
from pipeline.ledger.campaigns import Campaign, message_of
from pipeline.ledger.deliveries import Delivery
from pipeline.ledger.lease import Lease
from pipeline.model import Publication
from pipeline.sending.dkim import Signer, read_signers
from pipeline.sending.errand import Errand, Progress
from pipeline.sending.frozen import thaw
from pipeline.sending.keys import open_tokens
from pipeline.sending.personal import Addressee, Original, terms_of
from pipeline.sending.rate import RateLimit
from pipeline.sending.tokens import Tokens
from pipeline.sending.transport import Copy, Outcome, Transport
from pipeline.sending.transports import transport_of
from pipeline.settings import TransportKind
from pipeline.subscribers.audience import no_longer
from pipeline.subscribers.keeping import leave
from pipeline.subscribers.states import State


@dataclass(frozen=True, slots=True)
class Secrets:
    """What comes from the environment. It is never shown."""

    token: str = field(default="", repr=False)  # PARTWORK_SECRET
    smtp_password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Equipment:
    """What letters go out with. ``warnings`` are what a person should know of the keys."""

    publication: Publication
    tokens: Tokens
    transport: Transport
    signers: Sequence[Signer]
    warnings: tuple[str, ...]

    def original_of(self, campaign: Campaign, frozen: bytes) -> Original:
        """A campaign's original, ready to be made out to anybody.

        Raises:
            RenderError: it was not kept whole.
            ConfigError: the return path leaves no room for a token.
        """
        terms = terms_of(
            self.publication,
            campaign.planned_at,
            campaign=campaign.id,
            series=campaign.series,
            part=campaign.part,
            kind="correction" if campaign.revision else "round-up" if campaign.is_roundup else "part",
        )
        return Original(thaw(frozen), terms, self.tokens, self.signers)

    def test_original(self, frozen: bytes, series: str, now: datetime) -> Original:
        """An original of copies to look at in an inbox: marked in its subject, and no delivery of anything."""
        return Original(thaw(frozen), terms_of(self.publication, now, series=series), self.tokens, self.signers)

    @contextmanager
    def limit(self, database: Database, clock: Callable[[], datetime]) -> Iterator[RateLimit | None]:
        """The rate, if one is set; what is left of it is written down at the end.

        Raises:
            DatabaseError: the database refused.
        """
        rate = self.publication.sending.rate
        if rate is None:
            yield None
            return
        limit = RateLimit(database, self.transport.name, rate, clock)
        try:
            yield limit
        finally:
            limit.close()

    def errand(
        self,
        database: Database,
        campaign: Campaign,
        lease: Lease,
        limit: RateLimit | None,
        clock: Callable[[], datetime],
        stop: threading.Event,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> Errand:
        """Everything that sending one campaign needs.

        Raises:
            RenderError: the campaign's letter was not kept whole.
            ConfigError: the return path leaves no room for a token.
        """
        original = self.original_of(campaign, message_of(database, campaign.id))

        def made(delivery: Delivery) -> Copy | Outcome:
            return original.copy_for(Addressee(delivery.subscriber_id, delivery.address, delivery.first_name))

        def left_since(connection: sql.Connection, ids: Sequence[int]) -> Mapping[int, str]:
            return no_longer(connection, campaign.series, ids, at=clock())

        return Errand(
            database=database,
            lease=lease,
            transport=self.transport,
            make_copy=made,
            settings=self.publication.sending,
            left_since=left_since,
            bury=bury,
            clock=clock,
            stop=stop,
            limit=limit,
            progress=progress,
        )


def equip(publication: Publication, root: Path, secrets: Secrets) -> Equipment:
    """Read the keys. No connection is made yet.

    Raises:
        ConfigError: a secret or a key is missing or cannot be used.
    """
    sender_domain = publication.sender.email.rpartition("@")[2]
    signers, warnings = read_signers(publication.sending.dkim, root, sender_domain)
    transport = transport_of(publication.sending, root, secrets.smtp_password)
    return Equipment(publication, open_tokens(root, secrets.token), transport, signers, warnings)


def refuse_without_way_out(publication: Publication) -> None:
    """Make sure that a letter to people has a link behind which one can leave.

    Raises:
        ConfigError: it would have none.
    """
    if publication.sending.transport is not TransportKind.OUTBOX and not publication.public_url:
        raise ConfigError(
            "nothing is sent to people while `public_url` in [sending] is unset: the unsubscribe link of every "
            "copy leads there. Write it into partwork.toml, or look at copies with --test or in the outbox"
        )


def where_to(publication: Publication) -> str:
    """What takes the letters, for people."""
    settings = publication.sending
    match settings.transport:
        case TransportKind.SMTP:
            return f"the mail server {settings.smtp.host}:{settings.smtp.port}"
        case TransportKind.SES:
            return f"Amazon SES in {settings.ses.region}"
        case TransportKind.OUTBOX:
            return f"the folder {settings.outbox}/, to look at; nobody gets anything from there"


def bury(connection: sql.Connection, ids: Sequence[int], now: datetime) -> None:
    """Take addresses that do not exist off the list."""
    leave(connection, ids, State.BOUNCED, at=now, source="mail server")
