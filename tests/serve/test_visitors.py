"""A random crowd: people join, choose, move, leave and come back; strangers replay, swap and cut their links.

Links come from letters alone, as people have them. Who is on the list is kept beside the pages, by what each
has done with their own links, and compared after every step.
"""

import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import sqlalchemy as sql
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pipeline.database import open_database
from pipeline.database.tables import EVENTS, SERIES_CHOICES, SUBSCRIBERS, SUPPRESSIONS
from pipeline.sending.tokens import Purpose
from pipeline.subscribers.audience import audience
from tests.serve.counter import ONE_CLICK, Shop, open_shop, path_in

SERIES = ("gut-and-immunity", "reading-a-study")
FORMS: tuple[Mapping[str, str], ...] = (
    ONE_CLICK,
    *({"do": word} for word in ("series", "undo", "go-on", "data", "download")),
    {"do": "pause", "until": "2026-12-20"},
    {"do": "rhythm", "rhythm": "round-up"},
    {"do": "address", "email": "mallory@example.net"},
    {"do": "erase", "sure": "yes"},
)
CUTS: Mapping[str, Callable[[str], str]] = {
    "truncated": lambda token: token[:-1],
    "cut in half": lambda token: token[: len(token) // 2],
    "longer": lambda token: token + "a",
    "twice": lambda token: token + token,
    "in capitals": str.upper,
    "first changed": lambda token: ("b" if token[0] == "a" else "a") + token[1:],
    "last changed": lambda token: token[:-2] + ("ba" if token[-2:] != "ba" else "cq"),
    "other person": lambda token: token[:1] + ("e" if token[1] != "e" else "i") + token[2:],
}
names = st.sampled_from(["ada", "grace", "mary"])
numbers = st.integers(0, 30)
State = dict[int, list[tuple[object, ...]]]


class Crowd(RuleBasedStateMachine):
    """The pages, some people, and who of them is on the list."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        root = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        database = open_database("", root)
        self.stack.callback(database.close)
        self.shop: Shop = self.stack.enter_context(
            open_shop(root, database, more='\n[roundup]\nevery = "month"\n')
        )
        self.on: set[int] = set()
        self.left: dict[int, int] = {}  # how many letters had been read when somebody left
        self.never: set[str] = set()  # addresses that were erased
        self.links: dict[str, list[tuple[int, str, int]]] = {kind: [] for kind in "cuad"}
        self.read = 0

    def teardown(self) -> None:
        self.stack.close()

    # -- what people have at hand ----------------------------------------------------------------------

    def fetch(self) -> None:
        """Everybody reads their letters: whose each link is, where it leads, after how many letters it came."""
        self.shop.deliver()
        for letter in self.shop.letters()[self.read :]:
            self.read += 1
            assert letter["To"] not in self.never
            text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            for kind in "cuad":
                if f"/{kind}/" in text.replace("weekly.example.org", ""):
                    path = path_in(letter, kind).removesuffix("/choices")
                    self.links[kind].append((self.whose(kind, path[3:]), path, self.read))

    def whose(self, kind: str, token: str) -> int:
        tokens, now = self.shop.tokens, self.shop.clock()
        if kind == "u":
            return tokens.read_way_out(token).subscriber  # type: ignore[union-attr]
        if kind == "a":
            return 0
        said = tokens.read_expiring(Purpose.CONFIRM if kind == "c" else Purpose.DATA, token, now)
        return int(said.split()[0])  # type: ignore[union-attr]

    def link(self, kind: str, which: int) -> tuple[int, str, int]:
        return self.links[kind][-1 - which % len(self.links[kind])]

    def state(self) -> State:
        """All that is kept of each."""
        found: State = {}
        with self.shop.database.reading() as connection:
            for table, key in ((SUBSCRIBERS, 0), (SERIES_CHOICES, 0), (EVENTS, 1)):
                for row in sorted(map(tuple, connection.execute(sql.select(table)))):
                    found.setdefault(int(row[key]), []).append((table.name, *row))
            found[0] = sorted(map(tuple, connection.execute(sql.select(SUPPRESSIONS))))
        return found

    def press(self, who: int, path: str, form: Mapping[str, str]) -> httpx.Response:
        """Somebody's own form: it changes nothing of anybody else."""
        before = self.state()
        answer = self.shop.post(path, dict(form))
        assert answer.status_code < 500
        after = self.state()
        for key in (before.keys() | after.keys()) - {who, 0}:
            assert before.get(key) == after.get(key)
        return answer

    @initialize()
    def some_are_there(self) -> None:
        for name in ("ada", "grace"):
            self.sign_up(name, "all")
            self.confirm(0)

    # -- people ----------------------------------------------------------------------------------------

    @rule(name=names, wish=st.sampled_from(["all", "next", *(f"series:{slug}" for slug in SERIES)]))
    def sign_up(self, name: str, wish: str) -> None:
        form = {"email": f"{name}@example.org", "wish": wish, "shown": self.shop.stamp()}
        assert self.shop.post("/subscribe", form).status_code in (200, 429)
        self.fetch()

    @precondition(lambda self: self.links["c"])
    @rule(which=numbers)
    def confirm(self, which: int) -> None:
        who, path, came = self.link("c", which)
        if self.press(who, path, {"pressed": "yes"}).status_code == 200:
            assert who in self.on or came > self.left.get(who, 0)  # an old link brings nobody back
            self.on.add(who)
        self.fetch()

    @precondition(lambda self: self.links["u"])
    @rule(which=numbers)
    def leave(self, which: int) -> None:
        who, path, _ = self.link("u", which)
        assert self.press(who, path, ONE_CLICK).status_code == 200
        self.gone(who)

    @precondition(lambda self: self.links["u"])
    @rule(which=numbers, chosen=st.sets(st.sampled_from(SERIES)), new=st.booleans())
    def choose(self, which: int, chosen: set[str], new: bool) -> None:
        who, path, _ = self.link("u", which)
        form = {"do": "series", "series": "".join(sorted(chosen)[:1]), **({"new": "yes"} if new else {})}
        if "You have left" in self.press(who, f"{path}/choices", form).text:
            self.gone(who)

    @precondition(lambda self: self.links["u"])
    @rule(which=numbers)
    def come_back(self, which: int) -> None:
        who, path, _ = self.link("u", which)
        if "You are on the list again" in self.press(who, f"{path}/choices", {"do": "undo"}).text:
            assert who in self.left
            self.on.add(who)
        self.fetch()

    @precondition(lambda self: self.links["u"])
    @rule(which=numbers, form=st.sampled_from(FORMS[3:7]), name=names)
    def ask_for_more(self, which: int, form: Mapping[str, str], name: str) -> None:
        who, path, _ = self.link("u", which)
        elsewhere = {"email": f"{name}@elsewhere.example"} if "email" in form else {}
        self.press(who, f"{path}/choices", {**form, **elsewhere})
        self.fetch()

    @precondition(lambda self: self.links["a"])
    @rule(which=numbers)
    def move(self, which: int) -> None:
        self.shop.post(self.link("a", which)[1])

    @precondition(lambda self: self.links["d"])
    @rule(which=numbers)
    def erase(self, which: int) -> None:
        who, path, _ = self.link("d", which)
        addresses = {key: address for key, address, _ in self.shop.people()}
        if self.press(who, path, {"do": "erase", "sure": "yes"}).status_code == 200:
            self.never.add(addresses[who])
            self.on.discard(who)

    @rule(minutes=st.sampled_from([1, 11, 61, 60 * 25]))
    def wait(self, minutes: int) -> None:
        self.shop.clock.forward(timedelta(minutes=minutes))

    def gone(self, who: int) -> None:
        if who in self.on:
            self.on.discard(who)
            self.left[who] = self.read

    # -- strangers -------------------------------------------------------------------------------------

    @precondition(lambda self: self.read)
    @rule(which=numbers)
    def scan(self, which: int) -> None:
        """A scanner opens the links of a letter, in every way in which one can open them."""
        paths = [self.link(kind, which)[1] for kind, there in self.links.items() if there]
        before = self.state()
        for path in paths:
            for method in ("GET", "HEAD", "PUT"):
                assert self.shop.client.request(method, path).status_code < 500
            self.shop.client.get(f"{path}/choices", params={"do": "erase", "sure": "yes", **ONE_CLICK})
        assert self.state() == before

    @precondition(lambda self: self.read)
    @rule(number=numbers, door=st.sampled_from("cuad"), which=numbers, cut=st.sampled_from([*CUTS]))
    def forge(self, number: int, door: str, which: int, cut: str) -> None:
        """A stranger cuts a link, or tries it at another door."""
        there = [kind for kind, links in self.links.items() if links]
        kind = there[number % len(there)]
        token = self.link(kind, which)[1][3:]
        bad = token if kind != door else CUTS[cut](token)
        before = self.state()
        for form in (ONE_CLICK, FORMS[which % len(FORMS)], FORMS[-1]):
            assert self.shop.post(f"/{door}/{bad}", dict(form)).status_code in (404, 410)
            assert self.shop.post(f"/{door}/{bad}/choices", dict(form)).status_code in (404, 405)
        assert self.state() == before

    @precondition(lambda self: self.links["u"])
    @rule(some=st.lists(numbers, min_size=2, max_size=6))
    def rush(self, some: list[int]) -> None:
        """Several leave at the same moment, some of them twice, while a scanner looks on."""
        gone = [self.link("u", which) for which in some]
        asked = [("POST", path) for _, path, _ in gone] * 2 + [("GET", path) for _, path, _ in gone]
        with ThreadPoolExecutor(6) as threads:
            answers = list(
                threads.map(
                    lambda one: self.shop.client.request(
                        one[0], one[1], data=ONE_CLICK if one[0] == "POST" else None
                    ),
                    asked,
                )
            )
        assert {answer.status_code for answer in answers} == {200}
        for who, _, _ in gone:
            self.gone(who)

    # -- what always holds -----------------------------------------------------------------------------

    @invariant()
    def only_who_has_agreed_and_not_left_gets_letters(self) -> None:
        active = {key for key, _, state in self.shop.people() if state == "active"}
        assert active == self.on
        with self.shop.database.reading() as connection:
            for series in SERIES:
                rows = connection.execute(audience(series, at=self.shop.clock()))
                assert {row.subscriber_id for row in rows if not row.reason} <= self.on

    @invariant()
    def nothing_was_a_fault_of_ours(self) -> None:
        assert not [line for line in self.shop.told if "fault" in line or "database" in line]


TestACrowd = Crowd.TestCase
TestACrowd.settings = settings(
    max_examples=8,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
