"""The public pages as an OpenAPI document: made from the routes that there are, and what their forms ask for."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import Route, Router

from pipeline.serve.gate import Gate

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "maxLength": 80}
DAY: Schema = {"anyOf": [{"type": "string", "format": "date"}, TEXT]}
SERIES: Schema = {"enum": ["gut-and-immunity", "reading-a-study", "none-such", ""]}
ADDRESS: Schema = {"anyOf": [{"type": "string", "format": "email"}, TEXT]}


def _pressed(*buttons: str) -> Schema:
    return {"enum": list(buttons)}


FORMS: Mapping[str, dict[str, Schema]] = {
    "/u/{token}": {"List-Unsubscribe": _pressed("One-Click")},
    "/u/{token}/choices": {
        "do": _pressed("series", "rhythm", "pause", "go-on", "undo", "address", "data"),
        "series": {"type": "array", "items": SERIES, "maxItems": 4},
        "new": _pressed("yes"),
        "rhythm": _pressed("parts", "round-up", "never"),
        "until": DAY,
        "email": ADDRESS,
    },
    "/subscribe": {
        "email": ADDRESS,
        "wish": _pressed("all", "next", "series:gut-and-immunity"),
        "series": SERIES,
        "shown": TEXT,
        "website": _pressed("", "filled in"),
    },
    "/c/{token}": {},
    "/a/{token}": {},
    "/d/{token}": {"do": _pressed("download", "erase"), "sure": _pressed("yes")},
}
HTML, PLAIN = ("text/html",), ("text/plain",)
# What each may answer beside what the gate says to everybody (404, 413, 414, 415), and as what.
ANSWERS: Mapping[tuple[str, str], tuple[Sequence[int], Sequence[str]]] = {
    ("GET", "/u/{token}"): ((200,), HTML),
    ("POST", "/u/{token}"): ((200, 400), HTML),
    ("GET", "/u/{token}/choices"): ((200, 410), HTML),
    ("POST", "/u/{token}/choices"): ((200, 400, 409, 410, 422, 429), HTML),
    ("GET", "/subscribe"): ((200,), HTML),
    ("POST", "/subscribe"): ((200, 400, 422, 429), HTML),
    ("GET", "/c/{token}"): ((200, 410), HTML),
    ("POST", "/c/{token}"): ((200, 400, 410), HTML),
    ("GET", "/a/{token}"): ((200, 410), HTML),
    ("POST", "/a/{token}"): ((200, 400, 410), HTML),
    ("GET", "/d/{token}"): ((200, 410), HTML),
    ("POST", "/d/{token}"): ((200, 400, 410), (*HTML, "application/json")),
    ("POST", "/ses"): ((400, 403), (*PLAIN, *HTML)),
    ("GET", "/assets/{name}"): ((200,), ("text/css", "image/svg+xml", "image/png")),
    ("GET", "/"): ((303,), ()),
    ("GET", "/favicon.ico"): ((204,), ()),
    ("GET", "/robots.txt"): ((200,), PLAIN),
    ("GET", "/health"): ((200,), PLAIN),
    ("GET", "/ready"): ((200,), PLAIN),
}
_EVERYBODY = (404, 413, 414, 415)
# Asked of every answer, whatever it says.
HEADERS: Mapping[str, str] = {
    "content-security-policy": "^default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; ",
    "x-content-type-options": "^nosniff$",
    "x-frame-options": "^DENY$",
    "referrer-policy": "^no-referrer$",
    "x-robots-tag": "noindex",
    "cross-origin-opener-policy": "^same-origin$",
    "cross-origin-resource-policy": "^same-origin$",
    "permissions-policy": "camera=\\(\\)",
    "cache-control": "^(no-store|public, max-age=31536000, immutable)$",
}


def routes(gate: Gate) -> list[Route]:
    """Every route of the application behind a gate."""
    held = [cell.cell_contents for cell in gate._app.__closure__]  # type: ignore[attr-defined]
    (pages,) = [each for each in held if isinstance(each, ExceptionMiddleware)]
    assert isinstance(pages.app, Router)
    return [route for route in pages.app.routes if isinstance(route, Route)]


def operations(gate: Gate) -> set[tuple[str, str]]:
    """Methods and paths; HEAD goes with GET."""
    return {(method, route.path) for route in routes(gate) for method in route.methods or () if method != "HEAD"}


def document(gate: Gate, tokens: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """OpenAPI 3.1; ``tokens`` are good ones by the first part of a path (``/u/``), so that pages open at all."""
    paths: dict[str, dict[str, Any]] = {}
    headers = {name: {"required": True, "schema": {"pattern": words}} for name, words in HEADERS.items()}
    for method, path in sorted(operations(gate)):
        statuses, kinds = ANSWERS[method, path]
        answers = {str(status): _answer(HTML, headers) for status in _EVERYBODY}
        answers |= {str(status): _answer(kinds, headers) for status in statuses}
        operation: dict[str, Any] = {"responses": answers, "parameters": _parameters(path, tokens)}
        if method == "POST":
            operation["requestBody"] = {"required": True, "content": _body(path)}
        paths.setdefault(path, {})[method.lower()] = operation
    return {"openapi": "3.1.0", "info": {"title": "partwork serve", "version": "1"}, "paths": paths}


def _answer(kinds: Sequence[str], headers: Schema) -> dict[str, Any]:
    content = {"content": {kind: {"schema": {}} for kind in kinds}} if kinds else {}
    return {"description": "what a visitor sees", "headers": headers, **content}


def _parameters(path: str, tokens: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    named = path.partition("{")[2].partition("}")[0]
    if not named:
        return []
    good = list(tokens.get(path.partition("{")[0], ()))
    return [{"name": named, "in": "path", "required": True, "schema": {"enum": good}}]


def _body(path: str) -> dict[str, Any]:
    if path == "/ses":
        fields = dict.fromkeys(("Type", "MessageId", "TopicArn", "Message", "Signature"), TEXT)
        return {"application/json": {"schema": {"type": "object", "properties": fields}}}
    schema = {"type": "object", "properties": FORMS[path]}
    return {"application/x-www-form-urlencoded": {"schema": schema}, "multipart/form-data": {"schema": schema}}
