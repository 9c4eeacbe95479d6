"""Synthetic requests, for the demo and for benchmarks: the same seed gives the same people, all made up.

Rows are inserted in bulk, but they are what the service would have left: a case with its rights, events, words and counts.
"""

import gc
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlmodel import select

from dashboard import vault
from dashboard.act import Allowed, asks
from dashboard.annexes.catalogue import product_names
from dashboard.data_requests.case.counts import add_facts, add_load
from dashboard.data_requests.case.facts import Count, Told, facts_of
from dashboard.data_requests.case.lifecycle import OPEN, Status
from dashboard.demo.lives import Portal as Setting
from dashboard.demo.lives import lived
from dashboard.permissions import SYSTEM, Permission
from dashboard.portal import Portal
from dashboard.sealed import values_owned
from dashboard.tables import data_requests, metadata
from dashboard.words import words

# Of one transaction. The same command goes on after the last whole one.
CHUNK = 20_000
# References of one seed stand so far from those of another.
APART = 10_000_019


@dataclass(slots=True)
class _Rows:
    """What one piece inserts, table by table."""

    cases: list[dict[str, Any]] = field(default_factory=list)
    rights: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    words: list[dict[str, Any]] = field(default_factory=list)
    facts: Counter[Count] = field(default_factory=Counter)
    load: Counter[tuple[Status, date, str]] = field(default_factory=Counter)


def fill(portal: Portal, number: int, *, seed: int, handlers: Sequence[str] = ()) -> Iterator[int]:
    """The same in pieces of a transaction each, telling how many are there after each. What an earlier one left is not made
    again: cut off, the same call goes on.
    """
    for first in range(0, number, CHUNK):
        with portal.act(SYSTEM) as act:
            piece(act, min(CHUNK, number - first), seed=seed, first=first, handlers=handlers)
        yield min(first + CHUNK, number)


@asks(Permission.RUN_JOBS)
def requests(act: Allowed, number: int, *, seed: int, handlers: Sequence[str] = ()) -> None:
    """Insert requests over the last two years: most answered, the newest open and, where there are any, with one of these people
    who handle them.
    """
    for first in range(0, number, CHUNK):
        piece(act, min(CHUNK, number - first), seed=seed, first=first, handlers=handlers)


@asks(Permission.RUN_JOBS)
def piece(act: Allowed, number: int, *, seed: int, first: int, handlers: Sequence[str] = ()) -> None:
    """The requests from the `first` one on, unless they are there already."""
    with _no_collecting():
        _piece(act, number, seed=seed, first=first, handlers=handlers)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Half a million new rows hold no circles, and looking for some in them took a third of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _piece(act: Allowed, number: int, *, seed: int, first: int, handlers: Sequence[str]) -> None:
    chance = random.Random(f"{seed}/{first}")  # noqa: S311  made-up people, no secrets
    setting = Setting(act.settings.pepper.get_secret_value(), act.now, handlers, list(product_names(act)))
    rows = _Rows()
    for each in range(number):
        _one(chance, rows, setting, seed * APART + first + each)
        if (
            not each
            and act.session.exec(select(data_requests.Case.id).where(data_requests.Case.id == rows.cases[0]["id"])).first()
        ):
            return
    connection, of = act.session.connection(), data_requests
    keys = vault.new_keys(act.session, [case["id"] for case in rows.cases])
    hidden = vault.of(act.session)
    for table, values in (
        ("request_case", [values_owned(of.Case, case, keys[case["id"]]) for case in rows.cases]),
        ("case_right", [_named(values_owned(of.CaseRight, right, keys[right["case_id"]])) for right in rows.rights]),
        ("case_event", rows.events),
        ("search_word", [{**each, "word": hidden.word(each["word"])} for each in rows.words]),
    ):
        connection.execute(insert(metadata.tables[table]), values)
    add_load(act, rows.load)
    add_facts(act, rows.facts.items())


def _one(chance: random.Random, rows: _Rows, setting: Setting, number: int) -> None:
    life = lived(chance, setting, number)
    case = life.case
    rows.cases.append(case)
    rows.rights += life.rights
    rows.events += life.events
    told = [Told(row["kind"], row["at"], row["from_status"], row["to_status"], row["fields"]) for row in life.events]
    rows.facts.update(facts_of(told))
    rows.words += [{"word": word, "case_id": case["id"]} for word in sorted(words(case["name"], case["email"]))]
    if case["status"] in OPEN:
        rows.load[case["status"], case["due_on"], case["handler_id"] or ""] += 1


def _named(right: dict[str, Any]) -> dict[str, Any]:
    """By the names of the columns."""
    return {"asked_right" if name == "right" else name: value for name, value in right.items()}


def _is_there(act: Allowed, case_id: str) -> bool:
    found = select(data_requests.Case.id).where(data_requests.Case.id == case_id)
    return act.session.exec(found).first() is not None
