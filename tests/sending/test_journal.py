"""What follows from outcomes is written in one order, so that who holds the same people waits and goes on."""

from pipeline.database import Database
from pipeline.ledger.deliveries import Settled, State, claim
from pipeline.sending.journal import Journal
from tests.ledger.builders import Clock, RoughTransport, add_people, errand, plan


def test_what_follows_from_a_group_is_done_in_the_order_of_people(database: Database) -> None:
    add_people(database, 3)
    campaign, clock = plan(database), Clock()
    given = errand(database, RoughTransport(), clock)
    followed: list[int] = []
    with database.writing() as connection:
        claimed = claim(connection, campaign.id, given.lease, clock(), 3, lambda *_: {})
    first, second, third = sorted(delivery.subscriber_id for delivery in claimed)
    with Journal(database, campaign.id, given.lease, clock) as journal:
        for person in (third, first, second):
            journal.settle(Settled(person, State.REJECTED), lambda _, person=person: followed.append(person))
    assert journal.failure is None
    assert followed == [first, second, third]
