"""Jinja, behind one door: the theme's templates, compiled once for a build, escaping by default."""

import hashlib
import re
from collections.abc import Callable, Container, Mapping, MutableMapping
from functools import cached_property
from typing import Any

import jinja2
from jinja2.compiler import CodeGenerator

from pipeline import rules
from pipeline.errors import Diagnostic, Location, RenderError
from pipeline.render.flattening import FlatEnvironment

_NO_ATTRIBUTE = re.compile(r"'pipeline\.[\w.]+?\.(\w+?)(?:View)? object' has no attribute '(\w+)'")
# What a template can raise while it runs; a template that includes itself never ends.
_FAULTS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class TemplateFailedError(RenderError):
    """A template could not be read or run. ``diagnostic`` says which, where and why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(str(diagnostic))


class Templates:
    """The templates of one publication: the built-in theme with the publication's own files on top.

    What is put into ``.html.j2`` and ``.mjml.j2`` is escaped; ``.txt.j2`` is plain text. An unknown name in a
    template is a fault, never an empty string. ``compiled`` keeps what it takes long to work out, by what it is
    worked out from: the same templates need not be compiled again.
    """

    def __init__(self, sources: Mapping[str, str], compiled: MutableMapping[str, bytes] | None = None) -> None:
        sources = dict(sources)
        self.sources: Mapping[str, str] = sources
        self.compiled: MutableMapping[str, bytes] = {} if compiled is None else compiled
        self._entries: set[str] = set()
        self._environment = FlatEnvironment(
            # Not a DictLoader: that one gives no file's name, and Jinja's tracebacks would name no template.
            loader=jinja2.FunctionLoader(lambda name: (sources[name], name, None) if name in sources else None),
            autoescape=jinja2.select_autoescape(disabled_extensions=("txt.j2",), default=True),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._environment.sources = sources
        self._environment.entries = self._entries
        self._environment.bytecode_cache = _Compiled(self.compiled, self.digest(), self._entries)

    def printing(self, finalize: Callable[..., Any], known: Mapping[str, Any]) -> "Templates":
        """The same templates, with all that they print passed through ``finalize`` first (Jinja's own hook).

        ``known`` are values that every rendering will get. Those that are markup, which ``finalize`` must leave as
        it is, are printed when a template is compiled.
        """
        other = Templates(self.sources, self.compiled)
        other._environment = self._environment.overlay(finalize=finalize)
        printing = _Compiled(self.compiled, self.digest(finalize.__qualname__, known), other._entries)
        other._environment.bytecode_cache = printing
        other._environment.entries = other._entries
        other._environment.known = known
        return other

    def digest(self, *more: object) -> str:
        """What everything that is made from these templates, and from other values, can be known by."""
        text = repr((sorted(self.sources.items()), more))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    def render(self, name: str, **context: object) -> str:
        """Run a template.

        Raises:
            TemplateFailedError: Jinja refused; with the template and the line in it.
        """
        self._entries.add(name)
        try:
            return self._environment.get_template(name).render(**context)
        except _FAULTS:
            self.render_by_line(name, **context)
            raise

    def render_by_line(self, name: str, **context: object) -> str:
        """Run a template as it is written, which takes longer, so that a fault has its line.

        Raises:
            TemplateFailedError: Jinja refused; with the template and the line in it.
        """
        try:
            return self._by_line.get_template(name).render(**context)
        except jinja2.TemplateSyntaxError as error:
            raise _fault(error.name or name, error.lineno, error.message or "syntax error") from error
        except jinja2.TemplateNotFound as error:
            raise _fault(name, 1, f"it wants {error.name}, which is not there") from error
        except _FAULTS as error:
            raise _fault(*_where(error, name), _in_words(error)) from error

    @cached_property
    def _by_line(self) -> jinja2.Environment:
        written = self._environment.overlay()
        written.bytecode_cache = None
        written.code_generator_class = CodeGenerator
        return written


class _Compiled(jinja2.BytecodeCache):
    """Compiled templates, by the digest of all that goes into them: a flat one has others in it."""

    def __init__(self, kept: MutableMapping[str, bytes], digest: str, entries: Container[str]) -> None:
        self._kept = kept
        self._digest = digest
        self._entries = entries

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's
        """A template goes by its name."""
        return name

    def _name(self, bucket: jinja2.bccache.Bucket) -> str:
        return f"template {bucket.key} {bucket.key in self._entries} {self._digest}"

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Give Jinja what is kept."""
        code = self._kept.get(self._name(bucket))
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep what Jinja has compiled."""
        self._kept[self._name(bucket)] = bucket.bytecode_to_string()


def _in_words(error: BaseException) -> str:
    """What went wrong, in the words of a template's author: `part` has no `titel`."""
    if isinstance(error, RecursionError):
        return "it includes itself, so it never ends"
    return _NO_ATTRIBUTE.sub(lambda match: f"`{match[1].lower()}` has no `{match[2]}`", str(error))


def _where(error: BaseException, name: str) -> tuple[str, int]:
    """The innermost template line of a run-time error: Jinja rewrites tracebacks to template lines."""
    found, line = name, 1
    trace = error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_globals.get("__jinja_template__")
        code_name = trace.tb_frame.f_code.co_filename
        if path is not None or code_name.endswith(".j2"):
            found, line = (code_name if code_name.endswith(".j2") else found), trace.tb_lineno
        trace = trace.tb_next
    return found.removeprefix("templates/"), line


def _fault(name: str, line: int, message: str) -> TemplateFailedError:
    return TemplateFailedError(
        rules.TEMPLATE_ERROR.at(
            Location(f"templates/{name}", line),
            message,
            "the names that a template can use are in docs/reference/templates.md",
        )
    )
