"""Synthetic boards and schools, for the demo and for benchmarks: the same seed gives the same ones, all made up."""

import random
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from dashboard.accounts.finding import sought
from dashboard.accounts.terms import Council, Sector
from dashboard.act import Allowed, asks
from dashboard.demo.lives import made_id
from dashboard.permissions import Permission
from dashboard.tables import accounts

COUNCIL_MEMBERS = 0.9
TOWNS = 800


@asks(Permission.RUN_JOBS)
def schools(act: Allowed, number: int, *, seed: int) -> None:
    """Insert boards of five schools, each with one location, in a range that the samples don't use."""
    chance = random.Random(seed)  # noqa: S311  made-up schools
    tables: dict[type[SQLModel], list[dict[str, Any]]] = {
        accounts.Board: [],
        accounts.CouncilMembership: [],
        accounts.School: [],
        accounts.BoardSchool: [],
        accounts.Location: [],
    }
    for index in range(number):
        board, brin = f"{10_000 + index // 5:05}", _brin(index)
        if index % 5 == 0:
            tables[accounts.Board].append({"number": board, "name": f"Stichting Voorbeeld {board}"})
            if chance.random() < COUNCIL_MEMBERS:
                tables[accounts.CouncilMembership].append(
                    {
                        "id": made_id(chance),
                        "board_number": board,
                        "council": Council.UNKNOWN,
                        "valid_from": date(2015, 8, 1),
                    }
                )
        sector = chance.choice(list(Sector))
        name, code, town = f"Voorbeeldschool {brin}", f"{brin}00", f"Voorbeelddorp {index % TOWNS}"
        tables[accounts.School].append({"brin": brin, "name": name, "sector": sector, "sought": sought(brin, name)})
        member = {
            "id": made_id(chance),
            "board_number": board,
            "brin": brin,
            "valid_from": date(2015, 8, 1),
            "valid_to": None,
        }
        tables[accounts.BoardSchool].append(member)
        place = {"code": code, "brin": brin, "name": name, "town": town, "sought": sought(code, name, town)}
        tables[accounts.Location].append(place)
    for table, values in tables.items():
        if values:
            act.session.execute(insert(table), values)


def _brin(index: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    digits, rest = divmod(index, 26 * 26)
    return f"{digits:02}{letters[rest // 26]}{letters[rest % 26]}"
