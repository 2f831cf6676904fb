"""Everything that serving needs, put together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pipeline.database import Database
from pipeline.model import Library
from pipeline.sending.equipment import Equipment
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
) -> Counter:
    """Read the templates. Nothing is listened to, and nothing sent, yet.

    Raises:
        TemplateFailedError: a template of the pages cannot be rendered.
    """
    publication = library.publication
    look, catalogue = Look(library), Catalogue(library, clock)
    letters = Letters(publication, look, equipment.tokens, catalogue, equipment.signers)
    postman = Postman(database, equipment.transport, letters, clock, tell)
    desk = Desk(publication, database, equipment.tokens, look, catalogue, clock, postman.wake)
    gate = application(desk, tell, tells_all=tells_all, seconds=seconds)
    look.page(
        "trouble", title="", words="", rejoin=False
    )  # a template with a fault is told now, not to a stranger
    return Counter(desk, gate, postman)
