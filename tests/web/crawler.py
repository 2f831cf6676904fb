"""Follows every address inside a site, anchors too, without a browser."""

from collections.abc import Iterator, Mapping
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import html

_ADDRESSES = ("href", "src", "poster")


def dead_links(files: Mapping[str, bytes], home: str) -> list[str]:
    """Addresses of the site at ``home`` that lead nowhere: ``page -> address``."""
    trees = {path: html.document_fromstring(data) for path, data in files.items() if path.endswith(".html")}
    anchors = {
        path: {node.get("id") for node in tree.iter() if isinstance(node.tag, str) and node.get("id")}
        for path, tree in trees.items()
    }
    dead = []
    for page, tree in trees.items():
        own = urljoin(home, page.removesuffix("index.html"))
        for address in _addresses(tree):
            target, anchor = urldefrag(urljoin(own, address))
            if not target.startswith(home):
                continue
            path = unquote(urlsplit(target).path).removeprefix(urlsplit(home).path)
            path = f"{path}index.html" if path.endswith("/") or not path else path
            if path not in files or (anchor and unquote(anchor) not in anchors.get(path, set())):
                dead.append(f"{page} -> {address}")
    return dead


def _addresses(tree: html.HtmlElement) -> Iterator[str]:
    for node in tree.iter():
        if isinstance(node.tag, str):
            yield from (node.get(name) for name in _ADDRESSES if node.get(name))
            yield from (piece.split()[0] for piece in (node.get("srcset") or "").split(", ") if piece)
            if node.tag == "meta" and (node.get("property") or "").startswith("og:"):
                content = node.get("content") or ""
                if content.startswith(("http:", "https:")):
                    yield content
            if node.tag == "meta" and node.get("http-equiv") == "refresh":
                yield (node.get("content") or "").partition("url=")[2]
