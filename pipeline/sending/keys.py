"""The secret that tokens are signed with: from the environment, or from a file of the publication's own."""

import os
import secrets
import stat
from pathlib import Path

from pipeline.errors import ConfigError
from pipeline.sending.tokens import Tokens

FILE = "partwork.key"
VARIABLE = "PARTWORK_SECRET"
_SHORTEST = 32  # characters: 16 random bytes in hex
_REMARK = "# Signs the links in your letters. Keep it, and keep it secret; put a new line first to change it.\n"


def open_tokens(root: Path, secret: str = "") -> Tokens:
    """Tokens by ``PARTWORK_SECRET`` (``secret``: one or more, with blanks between; the first signs).

    Without one they are by the lines of ``partwork.key`` in the root, which is made when it is not there.

    Raises:
        ConfigError: a secret is too short, or the file cannot be read or made. No message holds a secret.
    """
    if secret.strip():
        return Tokens(_checked(secret.split(), VARIABLE))
    path = root / FILE
    try:
        if not path.exists():
            _make(path)
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigError(f"{path.name} cannot be used: {reason}") from None
    words = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if not words:
        raise ConfigError(
            f"{path.name} holds no secret: put it back from your backup, or links already sent break"
        )
    return Tokens(_checked(words, path.name))


def exposed(path: Path) -> str:
    """A warning, where others on this machine can read a file that they should not; nothing otherwise."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""
    if os.name != "posix" or not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ""
    return f"others on this machine can read {path.name}: run `chmod 600 {path.name}`"


def _checked(words: list[str], where: str) -> list[bytes]:
    if any(len(word) < _SHORTEST for word in words):
        raise ConfigError(
            f"{where} holds a secret of fewer than {_SHORTEST} characters: make one with `openssl rand -hex 32`"
        )
    return [word.encode() for word in words]


def _make(path: Path) -> None:
    """Make the file, whole and readable by its owner alone, or leave the one that another has just made."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{_REMARK}{secrets.token_hex(32)}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
