"""Files to import, of any size: made-up boards of five schools, each with a location, and licences on all three levels."""

import io
from collections.abc import Iterable, Sequence

SCHOOLS = (
    "BEVOEGD GEZAG NUMMER",
    "BEVOEGD GEZAG NAAM",
    "INSTELLINGSCODE",
    "INSTELLINGSNAAM",
    "VESTIGINGSCODE",
    "VESTIGINGSNAAM",
    "SECTOR",
)
LICENCES = ("PRODUCT", "BEVOEGD GEZAG NUMMER", "INSTELLINGSCODE", "VESTIGINGSCODE", "VAN", "TOT")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SECTORS = ("PO", "VO", "(V)SO", "MBO")


def brin(number: int) -> str:
    digits, rest = divmod(number, 26 * 26)
    return f"{digits:02}{_LETTERS[rest // 26]}{_LETTERS[rest % 26]}"


def board(number: int) -> str:
    return f"{10_000 + number // 5:05}"


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    for row in (headings, *rows):
        out.write(";".join(row) + "\r\n")
    return out.getvalue().encode()


def schools(number: int) -> list[tuple[str, ...]]:
    return [
        (
            board(n),
            f"Stichting Voorbeeld {board(n)}",
            brin(n),
            f"School {n}",
            f"{brin(n)}00",
            f"School {n}, hoofdgebouw",
            _SECTORS[n // 5 % 4],
        )
        for n in range(number)
    ]


def licences(number: int, products: Sequence[str], of_schools: int) -> list[tuple[str, ...]]:
    """Ten for every school at a hundred thousand: on the school, on its location, and on the board in turn."""
    found: list[tuple[str, ...]] = []
    for n in range(number):
        school, product = n % of_schools, products[n // of_schools % len(products)]
        level = (n // of_schools // len(products)) % 2
        holder = ("", brin(school), "") if level == 0 else ("", "", f"{brin(school)}00")
        found.append((product, *holder, "2025-08-01", "" if n % 3 else "2027-07-31"))
    return found
