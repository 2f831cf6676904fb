"""A Postfix of one's own: started from a folder, on a free port of this machine, delivering into a Maildir."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DOMAIN = "example.org"
DEAD, FULL = "dead.example", "full.example"  # whatever goes there comes back, to the sender's Maildir
SECONDS = 30  # for a delivery; it takes some hundredths
MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = {commands}
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.{domain}
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
virtual_mailbox_domains = {domain}
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{group}
virtual_minimum_uid = 1
transport_maps = inline:{{ {{ {dead} = error:5.1.1 no such user }}, {{ {full} = error:5.2.2 mailbox full }} }}
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit_mynetworks, reject
"""
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
retry unix - - n - - error
error unix - - n - - error
anvil unix - - n - 1 anvil
virtual unix - n n - - virtual
"""


def missing() -> str:
    """Why there can be none here, or nothing."""
    if shutil.which("postfix") is None:
        return "needs Postfix (Debian: apt-get install --no-install-recommends postfix)"
    if os.geteuid() != 0:
        return "needs root: Postfix starts its parts as other users"
    return ""


@contextmanager
def running() -> Iterator[tuple[int, Path]]:
    """A Postfix: its port, and the Maildir into which it puts everything for the domain."""
    home = Path(tempfile.mkdtemp(prefix="postfix-"))  # not pytest's own: other users must get in
    home.chmod(0o755)
    nobody, owner = pwd.getpwnam("nobody"), pwd.getpwnam("postfix")
    for name, user in (("queue", 0), ("data", owner.pw_uid), ("mail", nobody.pw_uid), ("config", 0)):
        (home / name).mkdir(mode=0o755)
        os.chown(home / name, user, -1)
    words = {
        "home": home,
        "domain": DOMAIN,
        "dead": DEAD,
        "full": FULL,
        "port": free_port(),
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "commands": told("command_directory"),
        "daemons": told("daemon_directory"),
    }
    (home / "config" / "main.cf").write_text(MAIN.format(**words))
    (home / "config" / "master.cf").write_text(MASTER.format(**words))
    command = ["postfix", "-c", str(home / "config")]
    subprocess.run([*command, "start"], check=True, capture_output=True)
    try:
        yield int(str(words["port"])), home / "mail" / "inbox"
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True)
        shutil.rmtree(home)


def told(name: str) -> str:
    """A setting that Postfix was built with."""
    done = subprocess.run(["postconf", "-dh", name], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(folder: Path, count: int) -> None:
    """Wait until so many messages are there."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if (folder / "new").is_dir() and len(list((folder / "new").iterdir())) >= count:
            return
        time.sleep(0.02)
    raise TimeoutError(f"Postfix has not delivered {count} messages in {SECONDS} seconds")
