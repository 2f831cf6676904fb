"""Everything that serving needs, put together."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.compose import compose_issues
from pipeline.database import Database
from pipeline.model import Library
from pipeline.render.email.notices import NoticeRoom
from pipeline.render.email.occasions import sample_occasions
from pipeline.render.templates import Templates
from pipeline.sending.equipment import Equipment
from pipeline.sending.precedence import Precedence
from pipeline.serve.application import application
from pipeline.serve.catalogue import Catalogue
from pipeline.serve.desk import Desk
from pipeline.serve.gate import SECONDS, Gate
from pipeline.serve.letters import Letters
from pipeline.serve.look import Look
from pipeline.serve.postman import Postman


@dataclass(frozen=True, slots=True)
class Counter:
    """The pages behind their gate, and the postman."""

    desk: Desk
    gate: Gate
    postman: Postman


def open_counter(
    library: Library,
    database: Database,
    equipment: Equipment,
    *,
    clock: Callable[[], datetime],
    tell: Callable[[str], None],
    tells_all: bool = False,
    seconds: float = SECONDS,
    compiled: MutableMapping[str, bytes] | None = None,
) -> Counter:
    """Read the templates. Nothing is listened to, and nothing sent, yet.

    ``compiled`` has what they were once made into, by what it was made from.

    Raises:
        TemplateFailedError: a template of the pages or of the notices cannot be rendered.
    """
    publication, templates = library.publication, Templates(library.templates, compiled)
    look, catalogue = Look(library, templates), Catalogue(library, clock)
    letters = Letters(
        publication, _warm(library, templates, clock), equipment.tokens, catalogue, equipment.signers
    )
    rate, name = publication.sending.rate, equipment.transport.name
    limit = None if rate is None else Precedence(database, name, rate, clock)
    postman = Postman(database, equipment.transport, letters, clock, tell, limit)
    desk = Desk(publication, database, equipment.tokens, look, catalogue, clock, postman.wake)
    gate = application(desk, tell, tells_all=tells_all, seconds=seconds)
    look.page(
        "trouble", title="", words="", rejoin=False
    )  # a template with a fault is told now, not to a stranger
    return Counter(desk, gate, postman)


def _warm(library: Library, templates: Templates, clock: Callable[[], datetime]) -> NoticeRoom:
    """Where notices are drawn; one of each kind has been, so what takes long is done before anybody waits."""
    room = NoticeRoom(library, templates)
    for occasion in sample_occasions(compose_issues(library, clock()).issues):
        room.drawn(occasion)
    return room
