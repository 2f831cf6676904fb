"""Getting what stands at Amazon's addresses: https with a verified certificate, no redirect, a bounded answer."""

import http.client
import ssl
from urllib.parse import urlsplit

_LARGEST = 100_000
_SECONDS = 10.0


def fetch(url: str, trusted: ssl.SSLContext | None = None) -> bytes:
    """The answer at an address; who asks has looked at the address.

    Raises:
        OSError: there is none, it is another than 200, or it is too large.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise OSError("only https is asked")
    connection = http.client.HTTPSConnection(
        parts.hostname, parts.port, timeout=_SECONDS, context=trusted or ssl.create_default_context()
    )
    try:
        connection.request("GET", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}")
        answer = connection.getresponse()
        data = answer.read(_LARGEST + 1)
    except OSError:  # a certificate that is not trusted is a ValueError, too
        raise
    except (http.client.HTTPException, ValueError) as error:
        raise OSError(f"no answer: {type(error).__name__}") from None
    finally:
        connection.close()
    if answer.status != http.client.OK or len(data) > _LARGEST:
        raise OSError(f"an answer that is not wanted: {answer.status}")
    return data
