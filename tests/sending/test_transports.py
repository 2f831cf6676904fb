"""What is configured is what sends."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.rough_server import RoughServer
from pipeline.sending.transport import Result
from pipeline.sending.transports import transport_of
from pipeline.settings import Security, SendingSettings, SesSettings, SmtpSettings, TransportKind
from tests.sending.builders import Hold, copy


@pytest.mark.parametrize("kind", TransportKind)
def test_the_word_in_the_configuration_is_the_transport(kind: TransportKind, tmp_path: Path) -> None:
    settings = SendingSettings(transport=kind, smtp=SmtpSettings("localhost"), ses=SesSettings("eu-west-1"))
    transport = transport_of(settings, tmp_path, "secret")

    assert transport.name == kind
    assert transport.allows_unreachable is (kind is TransportKind.OUTBOX)
    assert "secret" not in repr(transport)


def test_each_takes_copies_the_same_way(tmp_path: Path) -> None:
    outbox = SendingSettings(outbox="letters")
    with RoughServer() as server:
        local = SmtpSettings("127.0.0.1", server.port, Security.NONE)
        smtp = replace(outbox, transport=TransportKind.SMTP, smtp=local)
        for settings in (outbox, smtp):
            with transport_of(settings, tmp_path) as transport:
                session = transport.open()
                assert session.is_open
                assert session.offer(copy(), Hold()).result is Result.ACCEPTED
                session.close()

    assert len(server.taken) == 1
    assert len(list((tmp_path / "letters" / "new").iterdir())) == 1
