"""Notifications of Amazon's: signed ones of our topic are heard once, and nothing else is."""

import json
import threading
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.database import Database
from pipeline.returns.sns import Certificates
from pipeline.returns.webhook import LARGEST, Hearing, Result, handle
from tests.returns import builders as b
from tests.returns import certificates

TOPIC = "arn:aws:sns:eu-west-1:123456789012:letters"
HOST = "https://sns.eu-west-1.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-0123abcd.pem"
NOT_SPAM = {"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}}
Event = dict[str, object]


@dataclass
class Amazon:
    """Signs as SNS does, and answers what is asked of it."""

    pem: bytes
    asked: list[str] = field(default_factory=list)
    is_down: bool = False

    def fetch(self, url: str) -> bytes:
        if self.is_down:
            raise OSError("down")
        self.asked.append(url)
        return self.pem

    def notification(self, message: object, *, version: str = "2", **more: str) -> bytes:
        fields = {
            "Type": "Notification",
            "MessageId": "0a1b2c3d-0000-4000-8000-000000000001",
            "TopicArn": TOPIC,
            "Message": message if isinstance(message, str) else json.dumps(message),
            "Timestamp": b.NOW.isoformat().replace("+00:00", ".000Z"),
            "SignatureVersion": version,
            "SigningCertURL": CERTIFICATE,
            **more,
        }
        return json.dumps({**fields, "Signature": sign(fields)}).encode()


def sign(fields: dict[str, str]) -> str:
    names = ["Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type"]
    if fields["Type"] == "Notification":
        names = [name for name in names if name not in ("SubscribeURL", "Token")]
    said = "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields)
    digest = hashes.SHA1() if fields["SignatureVersion"] == "1" else hashes.SHA256()
    return b64encode(certificates.KEY.sign(said.encode(), padding.PKCS1v15(), digest)).decode()


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return certificates.make(tmp_path_factory.mktemp("amazon"), begins=b.NOW - timedelta(days=30), days=60).pem


@pytest.fixture
def amazon(pem: bytes) -> Amazon:
    return Amazon(pem)


@pytest.fixture
def hearing(database: Database, amazon: Amazon) -> Hearing:
    return Hearing(database, b.TOKENS, TOPIC, Certificates(amazon.fetch))


def bounce(token: str, kind: str = "Permanent", sub: str = "General", status: str = "5.1.1") -> Event:
    return {
        "eventType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": sub,
            "bouncedRecipients": [
                {
                    "emailAddress": "ada@example.org",
                    "action": "failed",
                    "status": status,
                    "diagnosticCode": "smtp; 550",
                }
            ],
        },
        "mail": {"tags": {"partwork": [token]}, "source": "letters@weekly.example.org"},
    }


def heard(hearing: Hearing, body: bytes, now: datetime = b.NOW) -> Result:
    return handle(body, {}, hearing, now)


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_hard_bounce_that_amazon_signed_is_heeded(hearing: Hearing, amazon: Amazon, version: str) -> None:
    name = b.sent(hearing.database, "uncertain")

    result = heard(hearing, amazon.notification(bounce(b.TOKENS.delivery(name)), version=version, Subject="x"))

    assert (result.status, result.words) == (200, "dead")
    assert b.state_of(hearing.database, name.subscriber) == "bounced"
    assert b.fate_of(hearing.database, name) == ("accepted", "ses: dead 5.1.1")
    assert amazon.asked == [CERTIFICATE]


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (lambda t: bounce(t, "Transient", "MailboxFull", "5.2.2"), "refused"),
        (lambda t: bounce(t, "Transient", "ContentRejected", "5.6.0"), "ours"),
        (lambda t: bounce(t, "Permanent", "Suppressed", ""), "dead"),
        (lambda t: bounce(t, "Permanent", "NoEmail", ""), "refused"),
        (lambda t: bounce(t, "Permanent", "General", "5.7.1"), "ours"),
        (lambda t: bounce(t, "Undetermined", "Undetermined", ""), "refused"),
        (lambda t: {**bounce(t), "eventType": "Delivery"}, "arrived"),
        (lambda t: {**bounce(t), "eventType": "DeliveryDelay"}, "delayed"),
        (lambda t: {**bounce(t), "eventType": "Complaint"}, "complained"),
        (lambda t: {**NOT_SPAM, "mail": {"source": f"bounces+{t}@mail.example.org"}}, "arrived"),
        (lambda t: {**bounce(""), "mail": {"source": f"bounces+{t}@mail.example.org"}}, "dead"),
        (lambda t: {**bounce(""), "mail": {"headers": [{"name": "X-Partwork-Delivery", "value": t}]}}, "dead"),
    ],
)  # fmt: skip
def test_every_event_means_what_the_rule_says(
    hearing: Hearing, amazon: Amazon, event: Callable[[str], Event], kind: str
) -> None:
    name = b.sent(hearing.database)

    assert heard(hearing, amazon.notification(event(b.TOKENS.delivery(name)))).words == kind


def test_a_notification_that_comes_twice_is_heard_once(hearing: Hearing, amazon: Amazon) -> None:
    body = amazon.notification(bounce(b.TOKENS.delivery(b.sent(hearing.database))))

    assert [heard(hearing, body).words for _ in range(2)] == ["dead", "known already"]
    assert b.written(hearing.database) == 1
    assert amazon.asked == [CERTIFICATE]


def test_an_event_without_our_token_is_left_alone(hearing: Hearing, amazon: Amazon) -> None:
    b.sent(hearing.database)

    result = heard(hearing, amazon.notification(bounce("somebody-elses")))

    assert (result.status, result.words) == (200, "left alone: it carries no token of ours")


@pytest.mark.parametrize(
    "change",
    [
        {"TopicArn": "arn:aws:sns:eu-west-1:999999999999:letters"},
        {"Timestamp": (b.NOW - timedelta(hours=25)).isoformat()},
        {"Timestamp": (b.NOW + timedelta(hours=1)).isoformat()},
        {"Timestamp": "yesterday"},
        {"Timestamp": "2026-11-24T12:00:00"},
        {"SigningCertURL": CERTIFICATE.replace("https", "http")},
        {"SigningCertURL": CERTIFICATE.replace(".com", ".com.evil.example")},
        {"SigningCertURL": CERTIFICATE.replace("sns.eu", "sns.evil.example/.eu")},
        {"SigningCertURL": CERTIFICATE.replace("https://", "https://a@")},
        {"SigningCertURL": CERTIFICATE.replace(".com/", ".com:444/")},
        {"SigningCertURL": CERTIFICATE.replace("eu-west-1", "us-east-1")},
        {"SigningCertURL": CERTIFICATE.replace("sns.", "s3.")},
        {"SigningCertURL": CERTIFICATE + "?x=.pem"},
        {"SigningCertURL": CERTIFICATE.replace("/Simple", "/../Simple")},
        {"SigningCertURL": "https://[/x.pem"},
        {"SignatureVersion": "3"},
    ],
)
def test_what_is_not_of_our_topic_or_not_of_amazons_hosts_is_refused_unfetched(
    hearing: Hearing, amazon: Amazon, change: dict[str, str]
) -> None:
    name = b.sent(hearing.database)
    version = change.get("SignatureVersion", "2")
    fields = {key: value for key, value in change.items() if key != "SignatureVersion"}

    result = heard(hearing, amazon.notification(bounce(b.TOKENS.delivery(name)), version=version, **fields))

    assert result.status == 403
    assert not amazon.asked or version == "3"
    assert b.state_of(hearing.database, name.subscriber) == "active"


@pytest.mark.parametrize("name", ["Message", "MessageId", "Timestamp", "Signature"])
def test_what_was_changed_after_it_was_signed_is_refused(hearing: Hearing, amazon: Amazon, name: str) -> None:
    person = b.sent(hearing.database)
    data = json.loads(amazon.notification(bounce(b.TOKENS.delivery(person))))
    data[name] = {
        "Message": data["Message"] + " ",
        "MessageId": data["MessageId"][:-1] + "2",
        "Timestamp": (b.NOW - timedelta(hours=1)).isoformat(),
        "Signature": data["Signature"][:-8] + "AAAAAA==",
    }[name]

    assert heard(hearing, json.dumps(data).encode()).status == 403
    assert b.written(hearing.database) == 0


def test_a_certificate_that_has_run_out_is_refused(hearing: Hearing, amazon: Amazon) -> None:
    later = b.NOW + timedelta(days=60)
    body = amazon.notification(bounce("x"), Timestamp=later.isoformat())

    assert heard(hearing, body, later).words == "its certificate is not good at this moment"


def test_without_a_topic_nothing_is_heard(hearing: Hearing, amazon: Amazon) -> None:
    for topic in ("", "letters"):
        closed = replace(hearing, topic=topic)
        assert heard(closed, amazon.notification(bounce("x"), TopicArn=topic)).status == 403


def confirmation(
    amazon: Amazon, url: str = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=1"
) -> bytes:
    return amazon.notification("Please", Type="SubscriptionConfirmation", SubscribeURL=url, Token="1")


def test_a_subscription_of_our_topic_is_confirmed_at_amazons_host(hearing: Hearing, amazon: Amazon) -> None:
    assert heard(hearing, confirmation(amazon)).words == "the subscription is confirmed"
    assert amazon.asked[-1].startswith(f"{HOST}/?Action=ConfirmSubscription")


@pytest.mark.parametrize(
    "url",
    [
        f"https://evil.example/?Action=ConfirmSubscription&TopicArn={TOPIC}",
        f"{HOST}@evil.example/?Action=ConfirmSubscription&TopicArn={TOPIC}",
        f"http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}",
        f"{HOST}/?Action=DeleteTopic&TopicArn={TOPIC}",
        f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}x",
        f"{HOST}/?Action=ConfirmSubscription&Action=DeleteTopic&TopicArn={TOPIC}",
        f"{HOST}/other?Action=ConfirmSubscription&TopicArn={TOPIC}",
    ],
)
def test_a_signed_notification_leads_us_nowhere_else(hearing: Hearing, amazon: Amazon, url: str) -> None:
    assert heard(hearing, confirmation(amazon, url)).status == 403
    assert amazon.asked == [CERTIFICATE]


def test_where_amazon_or_the_database_is_down_it_is_asked_to_come_again(hearing: Hearing, amazon: Amazon) -> None:
    body = amazon.notification(bounce(b.TOKENS.delivery(b.sent(hearing.database))))
    amazon.is_down = True
    assert heard(hearing, body).status == 503
    amazon.is_down = False
    with hearing.database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE returns")

    assert heard(hearing, body).status == 503


def test_few_certificates_are_asked_for_at_once(hearing: Hearing, amazon: Amazon) -> None:
    """Somebody names certificates that do not exist, and Amazon is slow to say so."""
    going, come = threading.Barrier(3), threading.Event()

    def slow(url: str) -> bytes:
        going.wait(10)
        come.wait(10)
        return amazon.fetch(url)

    busy = replace(hearing, certificates=Certificates(slow))
    bodies = [
        amazon.notification("x", SigningCertURL=CERTIFICATE.replace("0123", f"{number:04}")) for number in range(3)
    ]
    threads = [threading.Thread(target=heard, args=(busy, body)) for body in bodies[:2]]
    for thread in threads:
        thread.start()
    going.wait(10)

    assert heard(busy, bodies[2]).status == 503
    come.set()
    for thread in threads:
        thread.join()


def test_large_bodies_are_refused_unread(hearing: Hearing) -> None:
    assert heard(hearing, b"x" * (LARGEST + 1)).status == 413
    assert handle(b"{}", {"Content-Length": "9" * 400}, hearing, b.NOW).status == 413


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["Type", "Message", "MessageId", "TopicArn"]) | st.text(), inner, max_size=4
            )
        ),
    ).map(lambda value: json.dumps(value).encode())
    | st.just(b"[" * 100_000)
)
def test_no_body_raises(hearing: Hearing, body: bytes) -> None:
    assert heard(hearing, body).status in (400, 403)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.sampled_from(["Bounce", "Complaint", "Permanent", "5.1.1"]),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(
                    ["eventType", "bounce", "mail", "tags", "partwork", "headers", "bouncedRecipients"]
                ),
                inner,
                max_size=5,
            )
        ),
    )
)
def test_no_event_that_is_signed_raises_or_is_believed_without_a_token(
    hearing: Hearing, pem: bytes, event: object
) -> None:
    assert heard(hearing, Amazon(pem).notification(event)).status == 200
    assert b.written(hearing.database) == 0
