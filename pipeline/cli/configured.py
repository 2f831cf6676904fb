"""What ``partwork.toml`` says, for commands that need nothing else of a publication."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.model import Publication


def configured(root: Path) -> "Publication":
    """The publication alone; its series may hold anything.

    Raises:
        ConfigError: there is no ``partwork.toml`` in the root, or it cannot be read.
        ContentError: it has errors.
    """
    from pipeline.errors import ConfigError, ContentError
    from pipeline.parse import config

    try:
        text = (root / config.FILE).read_text("utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(f"there is no {config.FILE} in {root}: `partwork init` makes one") from None
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{config.FILE} cannot be read: {reason}") from None
    parsed = config.parse_config(text)
    if parsed.publication is None:
        raise ContentError(parsed.diagnostics)
    return parsed.publication
