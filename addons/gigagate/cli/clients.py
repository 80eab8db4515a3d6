"""clients: who may use the proxy, and how much.

add NAME        a new client; its key is shown this once
list            all of them, with what they have used
revoke NAME     its key is refused from now on
rotate NAME     a new key in place of the old one
"""

import argparse
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from gigagate import clients
from gigagate.cli import COMMAND
from gigagate.clients import Budget, Clients, last_day
from gigagate.errors import GigaGateError, SettingsError
from gigagate.settings import Settings

_WILL_BE_FIRST = "The first one makes the proxy ask everybody for a key."
_FIRST = "The proxy asks everybody for a key from now on: set it as the API key in each client."


def main(verb: str, args: list[str]) -> int:
    chosen = _parser().parse_args(args)
    try:
        of_team = clients.open_clients(Settings.load(key_needed=False))
        print(chosen.run(of_team, chosen), flush=True)
    except SettingsError:
        raise
    except GigaGateError as error:
        raise SettingsError(error.message) from None
    return 0


def add(of_team: Clients, chosen: argparse.Namespace) -> str:
    budget = Budget(
        requests_per_minute=chosen.requests_per_minute,
        tokens_per_day=chosen.tokens_per_day,
        roubles_per_month=chosen.roubles_per_month,
        models=chosen.models,
        expires=chosen.expires,
    )
    first = not of_team.list()
    told = _told(chosen, of_team.add(chosen.name, budget))
    return told if chosen.json or not first else f"{told}\n{_FIRST}"


def rotate(of_team: Clients, chosen: argparse.Namespace) -> str:
    return _told(chosen, of_team.rotate(chosen.name))


def revoke(of_team: Clients, chosen: argparse.Namespace) -> str:
    of_team.revoke(chosen.name)
    if chosen.json:
        return json.dumps({"name": chosen.name, "revoked": True})
    return f"The key of {chosen.name} is refused from now on."


def show(of_team: Clients, chosen: argparse.Namespace) -> str:
    rows = [
        {**client.as_dict(), "usage": of_team.usage(client.name)._asdict()}
        for client in of_team.list()
    ]
    if chosen.json:
        return json.dumps(rows, ensure_ascii=False, indent=2)
    if not rows:
        return f"There are no clients yet: {COMMAND} clients add NAME\n{_WILL_BE_FIRST}"
    return "\n".join(map(_row, rows))


def _told(chosen: argparse.Namespace, key: str) -> str:
    if chosen.json:
        return json.dumps({"name": chosen.name, "key": key})
    return f"{key}\nThe key of {chosen.name}. It is shown this once: only its hash is kept."


def _row(row: dict[str, Any]) -> str:
    budget, usage = row["budget"], row["usage"]
    words = [
        _of("requests this minute", usage["requests_this_minute"], budget, "requests_per_minute"),
        _of("tokens today", usage["tokens_today"], budget, "tokens_per_day"),
        _of("roubles this month", usage["roubles_this_month"], budget, "roubles_per_month"),
    ]
    if "models" in budget:
        words.append(f"models {', '.join(budget['models'])}")
    if "last_day" in budget:
        words.append(f"until {budget['last_day']}")
    return f"{row['name']:20} {'revoked' if row['revoked'] else '; '.join(words)}"


def _of(words: str, used: float, budget: dict[str, Any], name: str) -> str:
    most = f" of {budget[name]:g}" if name in budget else ""
    return f"{used:.10g}{most} {words}"


def _end(day: str) -> float:
    return last_day.end_of(datetime.strptime(day, "%Y-%m-%d").date())


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


def _argument[T](read: Callable[[str], T], wanted: str) -> Callable[[str], T]:
    """read: raises ValueError.  wanted: what is expected, for people."""

    def taken(text: str) -> T:
        try:
            return read(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not {wanted}") from None

    return taken


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"{COMMAND} clients")
    verbs = parser.add_subparsers(required=True, metavar="add|list|revoke|rotate")
    adding = verbs.add_parser("add", help="a new client; its key is shown this once")
    adding.add_argument("name")
    count, amount = _argument(int, "a whole number"), _argument(float, "a number")
    day = _argument(_end, "a day, such as 2027-12-31")
    adding.add_argument("--requests-per-minute", type=count, default=0, metavar="N")
    adding.add_argument("--tokens-per-day", type=count, default=0, metavar="N")
    adding.add_argument("--roubles-per-month", type=amount, default=0.0, metavar="N")
    adding.add_argument(
        "--models", type=_names, default=(), metavar="A,B", help="GigaChat's names or patterns"
    )
    adding.add_argument("--expires", type=day, metavar="YYYY-MM-DD", help="its last day, UTC")
    adding.set_defaults(run=add)
    listing = verbs.add_parser("list", help="all of them, with what they have used")
    listing.set_defaults(run=show)
    revoking = verbs.add_parser("revoke", help="its key is refused from now on")
    revoking.add_argument("name")
    revoking.set_defaults(run=revoke)
    rotating = verbs.add_parser("rotate", help="a new key in place of the old one")
    rotating.add_argument("name")
    rotating.set_defaults(run=rotate)
    for one in (adding, listing, revoking, rotating):
        one.add_argument("--json", action="store_true", help="for programs")
    return parser
