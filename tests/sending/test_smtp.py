"""Every way in which a mail server can answer, or not, at every step: what we may conclude, and what not."""

import socket
import threading

import pytest

from benchmarks.rough_server import (
    DROP,
    RESET,
    STALL,
    Act,
    Manner,
    Phase,
    RoughServer,
    Then,
    Transaction,
    once,
    storm,
)
from pipeline.sending.smtp import Offered, SmtpSession, Timeouts
from pipeline.sending.transport import Copy, Result
from pipeline.sending.wire import Wire
from tests.sending.builders import PATIENT, SHORT, Hold, copy, offered, session

LOCKSTEP = Manner(("SIZE 1000000",))
BEFORE = (Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.BODY)
MANNERS = {"pipelined": None, "lock-step": LOCKSTEP}
GARBAGE = (
    b"\x00\xff\xfe\r\n",
    b"hello\r\n",
    b"25 fine\r\n",
    b"2500 fine\r\n",
    b"150 fine\r\n",
    b"a" * 5000,
    b"-1\r\n",
)


@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
def test_many_copies_go_over_one_connection(manner: Manner | None) -> None:
    hold = Hold()
    with RoughServer(manner=manner) as server, session(server) as opened:
        outcomes = [opened.offer(copy(number), hold) for number in range(20)]

    assert {outcome.result for outcome in outcomes} == {Result.ACCEPTED}
    assert hold.count == 20
    assert server.connections == 1
    assert [taken.addresses for taken in server.taken] == [(f"r{number}@example.org",) for number in range(20)]


def test_what_the_server_has_is_what_was_offered() -> None:
    own = copy()
    with RoughServer(manner=Manner(keeps_data=True)) as server, session(server) as opened:
        outcome = opened.offer(own, Hold())

    assert server.taken[0].data == own.data
    assert server.taken[0].sender == f"<{own.return_path}>"
    assert server.taken[0].message_id == own.message_id
    assert (outcome.code, outcome.remote_id) == (250, "1") or outcome.words.endswith("taken as 1")


def test_the_dot_is_held_until_the_ledger_has_it_in_writing() -> None:
    seen: list[tuple[int, int]] = []
    with RoughServer() as server, session(server) as opened:

        def hold() -> None:
            threading.Event().wait(0.2)  # the server has everything but the dot by now
            seen.append((server.messages, len(server.taken)))

        opened.offer(copy(), hold)

    assert seen == [(1, 0)]
    assert len(server.taken) == 1


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_no_commit_no_dot(error: type[BaseException]) -> None:
    def hold() -> None:
        raise error

    with RoughServer() as server, session(server) as opened:
        with pytest.raises(error):
            opened.offer(copy(), hold)
        assert not opened.is_open
        assert opened.offer(copy(), hold).result is Result.DEFERRED

    assert server.taken == []


@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
@pytest.mark.parametrize("act", [DROP, RESET, STALL], ids=["drop", "reset", "stall"])
@pytest.mark.parametrize("phase", BEFORE)
def test_what_is_lost_before_the_dot_may_be_tried_again(phase: Phase, act: Act, manner: Manner | None) -> None:
    with RoughServer(once(phase, act), manner) as server:
        hold = Hold(server) if phase is Phase.BODY else Hold()
        outcome, _, is_open = offered(server, hold, SHORT if act is STALL else PATIENT)
        # A server that stalls within a message has everything but the dot, and then gets that: nobody knows.
        is_unknown = (phase, act) == (Phase.BODY, STALL)
        assert outcome.result is (Result.UNCERTAIN if is_unknown else Result.DEFERRED)
        assert not is_open
        assert outcome.words
        assert server.taken == []
        assert offered(server, number=2)[0].result is Result.ACCEPTED


@pytest.mark.parametrize("phase", [Phase.DOT, Phase.RECORDED])
@pytest.mark.parametrize("act", [DROP, RESET, STALL], ids=["drop", "reset", "stall"])
def test_what_is_lost_after_the_dot_is_uncertain_whatever_happened(phase: Phase, act: Act) -> None:
    with RoughServer(once(phase, act)) as server:
        outcome, held, is_open = offered(server, timeouts=SHORT if act is STALL else PATIENT)

    assert (outcome.result, held, is_open) == (Result.UNCERTAIN, 1, False)
    assert len(server.taken) == (phase is Phase.RECORDED)


@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT])
@pytest.mark.parametrize(("code", "result"), [(451, Result.DEFERRED), (550, Result.REJECTED)])
def test_a_refusal_is_one_at_every_step_and_the_connection_goes_on(
    phase: Phase, code: int, result: Result, manner: Manner | None
) -> None:
    with RoughServer(once(phase, Act(b"%d 4.0.0 no\r\n" % code)), manner) as server, session(server) as opened:
        hold = Hold()
        outcome = opened.offer(copy(1), hold)
        assert (outcome.result, outcome.code) == (result, code)
        assert hold.count == (phase is Phase.DOT)
        assert opened.is_open
        assert opened.offer(copy(2), hold).result is Result.ACCEPTED

    assert server.connections == 1
    assert [taken.addresses for taken in server.taken] == [("r2@example.org",)]
    assert ("RSET" in server.commands) is (phase is not Phase.DOT)


@pytest.mark.parametrize("manner", MANNERS.values(), ids=MANNERS)
@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.DOT])
def test_421_is_a_throttle_and_ends_the_connection(phase: Phase, manner: Manner | None) -> None:
    with RoughServer(once(phase, Act(b"421 4.3.2 closing\r\n", Then.DROP)), manner) as server:
        outcome, _, is_open = offered(server)

    assert (outcome.result, outcome.code, outcome.is_throttle) == (Result.DEFERRED, 421, True)
    assert not is_open


@pytest.mark.parametrize("said", GARBAGE)
@pytest.mark.parametrize("phase", [Phase.MAIL, Phase.RCPT, Phase.DATA])
def test_garbage_before_the_dot_may_be_tried_again(phase: Phase, said: bytes) -> None:
    with RoughServer(once(phase, Act(said))) as server:
        outcome, held, is_open = offered(server)

    assert (outcome.result, held, is_open) == (Result.DEFERRED, 0, False)
    assert server.taken == []


@pytest.mark.parametrize("said", [*GARBAGE, b"354 go on\r\n", b"250-never ends\r\n" * 300, b"250-a\r\n550 b\r\n"])
def test_garbage_after_the_dot_is_uncertain(said: bytes) -> None:
    with RoughServer(once(Phase.RECORDED, Act(said))) as server:
        outcome, held, is_open = offered(server)

    assert (outcome.result, held, is_open) == (Result.UNCERTAIN, 1, False)


@pytest.mark.parametrize(
    "said", [b"250-2.0.0 one\r\n250-2.0.0 two\r\n250 2.0.0 three\r\n", b"250\r\n", b"250 a\n"]
)
def test_replies_of_several_lines_and_of_none_are_understood(said: bytes) -> None:
    with RoughServer(once(Phase.RECORDED, Act(said))) as server:
        outcome, _, is_open = offered(server)

    assert (outcome.result, is_open) == (Result.ACCEPTED, True)


def test_a_reply_may_come_byte_by_byte() -> None:
    ours, theirs = socket.socketpair()

    def serve() -> None:
        theirs.recv(4096)
        for byte in b"250-a\r\n250 b\r\n250 c\r\n354 d\r\n":
            theirs.sendall(bytes([byte]))
        whole = b""
        while not whole.endswith(b"\r\n.\r\n"):
            whole += theirs.recv(65536)
        for byte in b"250 done\r\n":
            theirs.sendall(bytes([byte]))

    serving = threading.Thread(target=serve)
    serving.start()
    opened = SmtpSession(Wire(ours), Offered(has_pipelining=True), SHORT, 10)
    outcome = opened.offer(copy(), Hold())
    serving.join()
    theirs.close()
    opened.close()

    assert (outcome.result, outcome.words) == (Result.ACCEPTED, "250 done")


def test_a_reply_that_drips_for_ever_meets_its_deadline() -> None:
    ours, theirs = socket.socketpair()
    is_over = threading.Event()

    def serve() -> None:
        theirs.recv(4096)
        while not is_over.wait(0.1):
            try:
                theirs.sendall(b"2")
            except OSError:
                return

    serving = threading.Thread(target=serve)
    serving.start()
    opened = SmtpSession(Wire(ours), Offered(has_pipelining=True), SHORT, 10)
    outcome = opened.offer(copy(), Hold())
    is_over.set()
    serving.join()
    theirs.close()

    assert outcome.result is Result.DEFERRED
    assert "0.5 seconds" in outcome.words


@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DOT])
def test_no_address_of_anybody_s_is_in_what_is_kept_of_a_refusal(phase: Phase) -> None:
    said = b"550-5.1.1 <R1@Example.org>: no such user\r\n550 5.1.1 ask postmaster@example.org\r\n"
    with RoughServer(once(phase, Act(said))) as server:
        outcome, _, _ = offered(server)

    assert outcome.words == "550 5.1.1 <(the address)>: no such user ask postmaster@example.org"


def test_nothing_is_ever_sent_to_nobody() -> None:
    """354 although RCPT was refused: neither a body nor a lone dot goes out."""
    script = once(Phase.RCPT, Act(b"550 5.1.1 no such user\r\n"))
    with RoughServer(script, Manner(grants_anything=True)) as server:
        outcome, held, is_open = offered(server)

    assert (outcome.result, outcome.code, held, is_open) == (Result.REJECTED, 550, 0, False)
    assert server.taken == []


def test_a_server_that_answers_within_a_message_gets_no_dot() -> None:
    with RoughServer(once(Phase.BODY, Act(b"552 5.3.4 too large\r\n"))) as server, session(server) as opened:
        outcome = opened.offer(copy(), Hold(server))

    assert (outcome.result, outcome.code, outcome.is_ours) == (Result.REJECTED, 552, True)
    assert server.taken == []


@pytest.mark.parametrize("act", [DROP, RESET], ids=["drop", "reset"])
def test_a_server_that_hangs_up_while_the_dot_is_held_has_nothing(act: Act) -> None:
    with RoughServer(once(Phase.BODY, act)) as server, session(server) as opened:
        assert opened.offer(copy(), Hold(server)).result is Result.DEFERRED

    assert server.taken == []


def test_a_connection_that_ends_while_idle_is_noticed_before_the_next_copy() -> None:
    script = once(Phase.RECORDED, Act(b"250 2.0.0 taken\r\n421 4.3.2 idle\r\n", Then.DROP))
    with RoughServer(script) as server, session(server) as opened:
        assert opened.offer(copy(), Hold()).result is Result.ACCEPTED
        threading.Event().wait(0.1)
        assert not opened.is_open


def test_a_connection_serves_so_many_messages_and_no_more() -> None:
    with RoughServer() as server, session(server, messages=2) as opened:
        assert opened.offer(copy(1), Hold()).result is Result.ACCEPTED
        assert opened.is_open
        assert opened.offer(copy(2), Hold()).result is Result.ACCEPTED
        assert not opened.is_open

    assert server.commands[-1] == "QUIT"


def test_slow_is_not_lost() -> None:
    def script(phase: Phase, _at: Transaction) -> Act | None:
        return Act(seconds=0.1) if phase in {Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.RECORDED} else None

    with RoughServer(script) as server:
        assert offered(server)[0].result is Result.ACCEPTED


def test_a_letter_that_is_too_large_is_refused_before_it_is_sent() -> None:
    with RoughServer(manner=Manner(("PIPELINING", "SIZE 1000"))) as server:
        outcome, held, is_open = offered(server)

    assert (outcome.result, outcome.is_ours, held, is_open) == (Result.REJECTED, True, 0, True)
    assert "1,000" in outcome.words
    assert server.messages == 0


def test_the_size_is_told_where_the_server_wants_it() -> None:
    with RoughServer() as server:
        offered(server)

    assert f"SIZE={len(copy().data)}" in next(line for line in server.commands if line.startswith("MAIL"))


def test_an_address_that_is_not_ascii_goes_to_servers_that_take_such() -> None:
    own = copy(address="zoë@bücher.example")
    manner = Manner(("SMTPUTF8", "8BITMIME"), keeps_data=True)
    with RoughServer(manner=manner) as server, session(server) as opened:
        assert opened.offer(own, Hold()).result is Result.ACCEPTED

    assert server.taken[0].addresses == ("zoë@xn--bcher-kva.example",)
    assert "To: zoë@xn--bcher-kva.example\r\n".encode() in server.taken[0].data
    assert "SMTPUTF8 BODY=8BITMIME" in next(line for line in server.commands if line.startswith("MAIL"))


def test_elsewhere_it_is_refused_in_plain_words_before_anything_is_said() -> None:
    with RoughServer(manner=LOCKSTEP) as server, session(server) as opened:
        hold = Hold()
        outcome = opened.offer(copy(address="zoë@example.org"), hold)

    assert (outcome.result, outcome.is_ours, hold.count) == (Result.REJECTED, False, 0)
    assert "not ASCII" in outcome.words
    assert server.messages == 0


@pytest.mark.parametrize("address", ["a@b.org>\r\nRCPT TO:<c@d.org", "a b@c.org", "a@b.org\x00", "<a@b.org>"])
def test_no_address_smuggles_a_command(address: str) -> None:
    with RoughServer() as server, session(server) as opened:
        outcomes = [
            opened.offer(Copy("b@c.org", address, "<x@y>", b"x: y\r\n\r\nz\r\n"), Hold()),
            opened.offer(Copy(address, "b@c.org", "<x@y>", b"x: y\r\n\r\nz\r\n"), Hold()),
        ]

    assert {outcome.result for outcome in outcomes} == {Result.REJECTED}
    assert server.messages == 0


def test_in_a_storm_every_recipient_is_accounted_for_and_nobody_gets_two() -> None:
    """What the server has is what we call accepted or uncertain; what we call anything else it does not have."""
    results: dict[str, Result] = {}
    left = iter(range(200))
    brief = Timeouts(20, 0.3, 0.3, 0.3, 0.3, 0.3)
    with RoughServer(storm(7, 0.3)) as server:
        while len(results) < 200:
            with session(server, timeouts=brief) as opened:
                while opened.is_open and (number := next(left, None)) is not None:
                    own = copy(number)
                    results[own.address] = opened.offer(own, Hold()).result
    has = [taken.addresses[0] for taken in server.taken]

    assert len(has) == len(set(has))
    assert {address for address, result in results.items() if result is Result.ACCEPTED} <= set(has)
    assert all(results[address] in {Result.ACCEPTED, Result.UNCERTAIN} for address in has)
    assert set(results.values()) == set(Result)
