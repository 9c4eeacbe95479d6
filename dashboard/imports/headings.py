"""Headings by their meaning: DUO's names of today, of earlier releases and of its other lists. Pure."""

from collections.abc import Collection, Iterable, Sequence

# Another name -> the one that we use, in capitals and with single spaces.
_ALSO = {
    "BEVOEGD GEZAG NUMMER": (
        "BEVOEGD GEZAG CODE", "BEVOEGD GEZAG NR", "BEVOEGD GEZAGNUMMER", "BEVOEGDGEZAGNUMMER", "BESTUURSNUMMER",
    ),
    "BEVOEGD GEZAG NAAM": ("BEVOEGD GEZAGNAAM", "BEVOEGDGEZAGNAAM", "NAAM BEVOEGD GEZAG", "BESTUURSNAAM"),
    "INSTELLINGSCODE": ("BRIN", "BRIN NUMMER", "BRINNUMMER", "BRIN-NUMMER", "INSTELLINGSNUMMER"),
    "INSTELLINGSNAAM": ("NAAM INSTELLING",),
    "VESTIGINGSCODE": ("VESTIGINGSNUMMER", "VESTIGINSNUMMER", "BRIN VESTIGINGSNUMMER", "BRINVESTIGINGSNUMMER"),
    "VESTIGINGSNAAM": ("INSTELLINGSNAAM VESTIGING", "NAAM VESTIGING"),
    "DENOMINATIE": ("DENOMINATIE VESTIGING",),
    "SOORT PRIMAIR ONDERWIJS": ("SOORT PO",),
    "MBO INSTELLINGSSOORT": ("MBO INSTELLINGSSOORT - CODE", "MBO INSTELLINGSSOORT - NAAM"),
}  # fmt: skip
_MEANING = {other: name for name, others in _ALSO.items() for other in others}


def meaning(heading: str) -> str:
    """The name that we use for a heading; one that we don't know keeps its own."""
    told = " ".join(heading.replace("_", " ").replace("\ufeff", "").upper().split())
    return _MEANING.get(told, told)


def placed(headings: Sequence[str], used: Iterable[str], hints: Collection[str] = ()) -> dict[str, int] | None:
    """In which column each name that is used stands. A name that stands there as we write it goes before its other names; None
    when one stands there twice so. Of `hints` one that stands there twice is none.
    """
    wanted, found, exactly, unclear = {*used, *hints}, dict[str, int](), set[str](), set[str]()
    for number, heading in enumerate(headings):
        name = meaning(heading)
        if name not in wanted:
            continue
        is_exact = " ".join(heading.upper().split()) == name
        if is_exact and name in exactly:
            if name not in hints:
                return None
            unclear.add(name)
        if is_exact or name not in found:
            found[name] = number
        exactly |= {name} if is_exact else set()
    return {name: number for name, number in found.items() if name not in unclear}
