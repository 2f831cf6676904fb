"""Messages that come back, in the shapes in which servers write them: all made up here, none copied."""

from textwrap import dedent

ADDRESS = "ada@readers.example"


def returned_headers(token: str, *, field: bool = True) -> str:
    lines = [
        "Return-Path: <bounces@mail.example.org>",
        "From: The Kettle <letters@weekly.example.org>",
        f"To: {ADDRESS}",
        "Subject: Part 1",
        "Message-ID: <abcdef@weekly.example.org>",
    ]
    if field:
        lines.append(f"X-Partwork-Delivery: {token}")
    return "\n".join(lines) + "\n"


def report(
    token: str,
    blocks: str,
    *,
    to: str = "",
    human: str = "I am sorry to tell you.",
    original: str = "text/rfc822-headers",
    kind: str = "delivery-status",
    status_type: str = "message/delivery-status",
    field: bool = True,
    head: str = "",
) -> bytes:
    """A multipart/report. ``blocks`` is what its second part holds."""
    return "\n".join(
        [
            "Return-Path: <>",
            f"To: {to or 'bounces@mail.example.org'}",
            "From: Mail Delivery System <MAILER-DAEMON@mx.readers.example>",
            "Subject: Undelivered Mail Returned to Sender",
            "MIME-Version: 1.0",
            *([head] if head else []),
            f'Content-Type: multipart/report; report-type={kind}; boundary="=_b"',
            "",
            "This is a MIME-encapsulated message.",
            "",
            "--=_b",
            "Content-Type: text/plain; charset=us-ascii",
            "",
            human,
            "",
            "--=_b",
            f"Content-Type: {status_type}",
            "",
            dedent(blocks).strip("\n"),
            "",
            "--=_b",
            f"Content-Type: {original}",
            "",
            returned_headers(token, field=field),
            "--=_b--",
            "",
        ]
    ).encode()


def dsn(token: str, status: str = "5.1.1", action: str = "failed", said: str = "", **more: object) -> bytes:
    return report(
        token,
        f"""
        Reporting-MTA: dns; mx.readers.example
        Arrival-Date: Wed, 18 Nov 2026 09:00:00 +0000

        Final-Recipient: rfc822; {ADDRESS}
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; {said or f"550 {status} as you see"}
        """,
        **more,  # type: ignore[arg-type]
    )


def postfix(token: str) -> bytes:
    return report(
        token,
        f"""
        Reporting-MTA: dns; mail.example.org
        X-Postfix-Queue-ID: 4Xw1234567z
        X-Postfix-Sender: rfc822; bounces+{token}@mail.example.org
        Arrival-Date: Wed, 18 Nov 2026 09:00:00 +0000 (UTC)

        Final-Recipient: rfc822; {ADDRESS}
        Original-Recipient: rfc822;{ADDRESS}
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; mx.readers.example
        Diagnostic-Code: smtp; 550 5.1.1 <{ADDRESS}>: Recipient address rejected: User unknown
        """,
        to=f"bounces+{token}@mail.example.org",
        head="Auto-Submitted: auto-replied",
    )


def exim(token: str) -> bytes:
    """It writes 5.0.0 whatever it was told, and returns the whole message."""
    return report(
        token,
        f"""
        Reporting-MTA: dns; mx.exim.example

        Action: failed
        Final-Recipient: rfc822;{ADDRESS}
        Status: 5.0.0
        Remote-MTA: dns; mx.readers.example
        Diagnostic-Code: smtp; 550 5.1.1 <{ADDRESS}> unknown user account
        """,
        original="message/rfc822",
        head=f"X-Failed-Recipients: {ADDRESS}\nAuto-Submitted: auto-replied",
    )


def exchange(token: str) -> bytes:
    """Long fields folded, and a status of its own for recipients that it did not find."""
    return report(
        token,
        f"""
        Reporting-MTA: dns;EXCH01.readers.example
        Received-From-MTA: dns;mail.example.org
        Arrival-Date: Wed, 18 Nov 2026 09:00:00 +0000

        Final-Recipient: rfc822;{ADDRESS}
        Action: failed
        Status: 5.1.10
        Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient
         {ADDRESS} not found by SMTP address lookup
        X-Display-Name: Ada
        """,
        original="message/rfc822",
        head="X-MS-Exchange-Message-Is-Ndr:",
    )


def gmail(token: str, status: str = "5.1.1") -> bytes:
    """Several lines of a reply in one field; lower case in the types' parameters."""
    return report(
        token,
        f"""
        Reporting-MTA: dns; googlemail.com
        Received-From-MTA: dns; {ADDRESS}
        X-Original-Message-ID: <abcdef@weekly.example.org>

        Final-Recipient: rfc822; {ADDRESS}
        Action: failed
        Status: {status}
        Remote-MTA: dns; mx.readers.example. (192.0.2.7, the server for the domain.)
        Diagnostic-Code: smtp; 550-{status} The email account that you tried to reach does not
         exist. 550 {status} Please try again.
        Last-Attempt-Date: Wed, 18 Nov 2026 01:00:00 -0800 (PST)
        """,
        original="message/rfc822",
        head="X-Failed-Recipients: " + ADDRESS,
    )


def yahoo(token: str) -> bytes:
    """No status but a general one, and words."""
    return report(
        token,
        f"""
        Reporting-MTA: dns; mta7.mail.yahoo.example

        Final-Recipient: rfc822; {ADDRESS}
        Action: failed
        Status: 5.0.0
        Diagnostic-Code: smtp; 554 delivery error: dd This user doesn't have an account
        """,
    )


def full_mailbox(token: str) -> bytes:
    return dsn(token, "5.2.2", said=f"552 5.2.2 <{ADDRESS}>: mailbox full")


def delayed(token: str) -> bytes:
    return dsn(token, "4.4.1", "delayed", "connect to mx.readers.example[192.0.2.7]:25: timed out")


def expired(token: str) -> bytes:
    return dsn(token, "4.4.7", "failed", "delivery time expired")


def qmail(token: str, words: str = "Sorry, no mailbox here by that name. (#5.1.1)") -> bytes:
    """No report at all: prose, and the message under it."""
    return "\n".join(
        [
            "Return-Path: <>",
            f"Delivered-To: bounces+{token}@mail.example.org",
            "From: MAILER-DAEMON@mx.readers.example",
            f"To: bounces+{token}@mail.example.org",
            "Subject: failure notice",
            "",
            "Hi. This is the qmail-send program at mx.readers.example.",
            "I'm afraid I wasn't able to deliver your message to the following addresses.",
            "This is a permanent error; I've given up. Sorry it didn't work out.",
            "",
            f"<{ADDRESS}>:",
            words,
            "",
            "--- Below this line is a copy of the message.",
            "",
            returned_headers(token),
            "Hello!",
            "",
        ]
    ).encode()


def complaint(token: str, kind: str = "abuse") -> bytes:
    """RFC 5965, with the reader's address struck out, as most write it."""
    return report(
        token,
        f"""
        Feedback-Type: {kind}
        User-Agent: SomeFeedback/1.0
        Version: 1
        Original-Mail-From: <bounces+{token}@mail.example.org>
        Arrival-Date: Wed, 18 Nov 2026 09:00:00 +0000
        Source-IP: 192.0.2.1
        Reported-Domain: weekly.example.org
        """,
        kind="feedback-report",
        status_type="message/feedback-report",
        original="message/rfc822",
    )


def holiday(token: str) -> bytes:
    return "\n".join(
        [
            f"To: bounces+{token}@mail.example.org",
            f"From: {ADDRESS}",
            "Subject: Out of office: Part 1",
            "Auto-Submitted: auto-replied",
            "",
            "I am away. Anything for 5.1.1 has to wait.",
            "",
        ]
    ).encode()


def answer(token: str) -> bytes:
    """A reader writes back."""
    return "\n".join(
        [
            "To: letters@weekly.example.org",
            f"From: {ADDRESS}",
            "Subject: Re: Part 1",
            "",
            "Thank you! You wrote:",
            *(f"> {line}" for line in returned_headers(token).splitlines()),
            "",
        ]
    ).encode()
