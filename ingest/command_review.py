"""``gouji review``: the page on which people decide doubtful cells, in the browser."""

from __future__ import annotations

import argparse
import ipaddress
import sys
from typing import TYPE_CHECKING

from gouji.ingest.arguments import add_reading_options, add_store_options, number

if TYPE_CHECKING:
    from gouji.ingest.review.guard import Access
    from gouji.ingest.settings import Settings
    from gouji.ingest.store.store import Store
    from gouji.ingest.terminal import Console
    from gouji.ingest.texts import Say

_PORT = 8365


def add_arguments(parser: argparse.ArgumentParser, say: Say) -> None:
    """What the command takes."""
    parser.add_argument(
        "--address", metavar="ADDRESS", default="127.0.0.1", help=say("help.option.address")
    )
    port = number(0, most=65535)
    parser.add_argument("--port", metavar="N", type=port, help=say("help.option.port"))
    parser.add_argument(
        "--host", metavar="NAME", action="append", default=[], help=say("help.option.host")
    )
    parser.add_argument("--account", metavar="NAME", help=say("help.option.account"))
    parser.add_argument("--reader", action="store_true", help=say("help.option.reader"))
    parser.add_argument("--no-browser", action="store_true", help=say("help.option.no_browser"))
    add_store_options(parser, say)
    add_reading_options(parser, say)


def run(options: argparse.Namespace, settings: Settings, console: Console) -> int:
    """Serve until told to end; or add an account."""
    from gouji.ingest.review.serve import serve
    from gouji.ingest.store.workspace import open_store

    with open_store(settings) as store:
        if options.account:
            return _add_account(options, store, console)
        sock, address = _listen(options)
        access = _access(options, store, address)
        if access.accounts is not None:
            console.remark(console.say("review.behind_tls"))
        serve(settings, store, access, sock, console, browser=not options.no_browser)
    return 0


def _add_account(options: argparse.Namespace, store: Store, console: Console) -> int:
    from gouji.ingest.review.accounts import Accounts

    password = _password(console.say("review.password", name=options.account))
    Accounts(store).put(options.account, password, "reader" if options.reader else "reviewer")
    console.remark(console.say("review.account_kept", name=options.account))
    return 0


def _password(asked: str) -> str:
    """Asked for at a terminal; a program hands it over as a line of its input."""
    from getpass import getpass

    return getpass(asked) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _listen(options: argparse.Namespace):  # type: ignore[no-untyped-def]
    from gouji.ingest.review.serve import listen

    return listen(options.address, options.port, _PORT)


def _access(options: argparse.Namespace, store: Store, address: tuple[str, int]) -> Access:
    """Who may ask for what: on this machine alone anybody at it, else who has an account."""
    import getpass

    from gouji.ingest.review.accounts import Accounts
    from gouji.ingest.review.guard import Access
    from gouji.ocr.finding import DocumentError

    host, port = address
    alone = ipaddress.ip_address(host).is_loopback and not options.host
    named = ["127.0.0.1", "localhost", "[::1]"] if alone else [_bracketed(host), *options.host]
    hosts = frozenset([*(f"{name}:{port}" for name in named), *options.host])
    if alone:
        return Access(hosts, None, _owner(getpass.getuser))
    accounts = Accounts(store)
    if not len(accounts):
        raise DocumentError("accounts_wanted", address=host)
    return Access(hosts, accounts)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _owner(look_up) -> str:  # type: ignore[no-untyped-def]
    try:
        return str(look_up())
    except (OSError, KeyError, ImportError):
        return "?"
