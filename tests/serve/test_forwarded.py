"""Whom a proxy speaks for: addresses, networks and chains of them, and what a socket file lets in."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.database import open_database
from pipeline.serve.proxies import Proxies
from pipeline.serve.server import ServerError, bound_file
from tests.projects import ROOT
from tests.serve.counter import open_shop

OURS = Proxies.parse("127.0.0.1, 10.88.0.0/16,::1")


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("127.0.0.1", True),
        ("127.0.0.2", False),
        ("10.88.255.7", True),
        ("10.89.0.1", False),
        ("::1", True),
        ("::ffff:10.88.0.1", True),  # IPv4 as a server sees it that listens on `::`
        ("::ffff:192.0.2.1", False),
        ("", False),
        ("proxy", False),
    ],
)
def test_a_proxy_is_known_by_its_address_or_network(host: str, is_ours: bool) -> None:
    assert (host in OURS) == is_ours


@pytest.mark.parametrize(
    ("chain", "visitor"),
    [
        (["192.0.2.7"], "192.0.2.7"),
        (["6.6.6.6, 192.0.2.7"], "192.0.2.7"),  # the first is the visitor's own invention
        (["6.6.6.6", "192.0.2.7"], "192.0.2.7"),
        (["6.6.6.6, 192.0.2.7, 10.88.0.2"], "192.0.2.7"),
        (["10.88.0.3, 10.88.0.2"], "10.88.0.3"),
        (["192.0.2.7:4711"], "192.0.2.7"),
        (["[2001:db8::7]:4711"], "2001:db8::7"),
        (["2001:db8::7"], "2001:db8::7"),
        ([" , "], ""),
        ([], ""),
    ],
)
def test_the_visitor_is_the_last_who_is_no_proxy(chain: list[str], visitor: str) -> None:
    assert OURS.visitor(chain) == visitor


def test_host_bits_in_a_network_do_not_make_it_match_nobody() -> None:
    assert "10.88.3.4" in Proxies.parse("10.88.0.1/16")


@pytest.mark.parametrize("word", ["proxy.internal", "localhost", "*", "10.88.0.0/99", "unix:/run/x"])
def test_what_would_match_nobody_or_everybody_is_refused_before_anything_is_served(word: str) -> None:
    command = [sys.executable, "-m", "pipeline", "serve", "--forwarded-allow-ips", f"127.0.0.1,{word}"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )

    assert done.returncode == 2
    assert f"`{word}` is neither an address (127.0.0.1) nor a network (10.88.0.0/16)" in done.stderr


def test_a_socket_file_that_was_left_behind_is_taken_over_and_one_in_use_is_not(tmp_path: Path) -> None:
    path = tmp_path / "serve.sock"
    with bound_file(path) as first:
        first.listen()
        with pytest.raises(ServerError, match="Address already in use"):
            bound_file(path)
    assert path.is_socket()
    bound_file(path).close()


def test_a_file_of_somebody_else_is_not_taken_for_a_socket(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("mine")

    with pytest.raises(ServerError, match="Address already in use"):
        bound_file(path)
    assert path.read_text() == "mine"


def test_a_refusal_arrives_while_the_body_still_comes_in(tmp_path: Path) -> None:
    """Hung up on at once, TCP would throw the answer away with the bytes, and a proxy would say 502."""
    database = open_database("", tmp_path)
    with open_shop(tmp_path, database) as shop:
        address = (shop.client.base_url.host, shop.client.base_url.port or 80)
        with socket.create_connection(address, timeout=20) as connection:
            head = "POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n"
            connection.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())
            while not any("413" in line for line in shop.told):
                connection.sendall(b"x" * 1000)
                assert shop.client.get("/health").text == "ok\n"
                if connection.recv(1, socket.MSG_PEEK):
                    break
            connection.sendall(b"x" * 100_000)
            shop.client.get("/health")
            assert connection.recv(12) == b"HTTP/1.1 413"
    database.close()
