"""No text that people can type stops a paper: any script, any sign, any length."""

import io
import random
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import pikepdf
import pytest
from pypdf import PdfReader
from sqlalchemy import Engine

from dashboard import fonts
from dashboard.accounts.spans import Reached
from dashboard.annexes import printing
from dashboard.annexes.printing import Paper
from dashboard.content import DATA
from dashboard.data_requests.case import queries
from dashboard.data_requests.law.deadlines import explain
from dashboard.data_requests.law.recipients import systems
from dashboard.data_requests.outgoing import packages, papers
from dashboard.data_requests.outgoing.uploads import Upload
from dashboard.data_requests.requester.asking import Receipt
from dashboard.data_requests.requester.proof import proof
from dashboard.db import reading
from dashboard.evidence import readable
from dashboard.evidence.manifest import Listed
from dashboard.i18n import Language, texts
from dashboard.insight.report import REPORT
from dashboard.papers import Section, pdf, printed
from dashboard.settings import Settings
from tests import cases
from tests.acts import NOW, by
from tests.people import AGENT, LYCEUM
from tests.people import request as asks

LISTED = Listed(
    file="x.pdf", product="x", product_name="x", kind="annex_1", kind_name="Bijlage", sector=None, version="1.0", model="4.0",
    valid_from=date(2026, 1, 1), valid_to=None, sha256="0" * 64, size=1,
)  # fmt: skip
MADE = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
HARD = "tien\u00a0euro \uf0b7 " + "a" * 400 + " 👩\u200d👩\u200d👧 #panic() $x$ \\ @ref"


@cache
def scripts() -> str:
    """One sign of each script and kind that Unicode names by its first word: LATIN, ETHIOPIC, TIFINAGH, CUNEIFORM, ..."""
    named = {unicodedata.name(sign, "").partition(" ")[0]: sign for sign in assigned()}
    return "".join(sign for name, sign in named.items() if name)


@cache
def assigned() -> list[str]:
    return [chr(number) for number in range(0x20, 0x110000) if unicodedata.category(chr(number)) not in {"Cc", "Cs", "Cn"}]


@pytest.fixture(params=["scripts", "hard"])
def typed(request: pytest.FixtureRequest) -> str:
    return scripts() if request.param == "scripts" else HARD


def holds(paper: bytes) -> None:
    with pikepdf.open(io.BytesIO(paper)) as opened:
        assert opened.Root.MarkInfo.Marked


# What parents of pupils at a Dutch school write, by hand.
@pytest.mark.parametrize(
    "written",
    [
        "Ångström, Łódź, Đurić, Ħ, ſ, ĳ, İstanbul, Nguyễn",
        "Ελληνικά", "Українська Ґ", "العربية فارسی", "עברית", "汉字 漢字 日本語",
        "한국어", "ภาษาไทย", "हिन्दी", "தமிழ்", "አማርኛ ትግርኛ", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "Հայերեն", "ქართული", "বাংলা", "ਪੰਜਾਬੀ", "ܣܘܪܝܝܐ",
        "€ ☎ ✔ ♥ → ½ ©", "😀 🇳🇱 👍🏽",
    ],
)  # fmt: skip
def test_our_fonts_have_what_is_written_here(written: str) -> None:
    assert fonts.without_glyph(written) == set()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_signs_become_a_paper_and_those_without_a_glyph_are_named(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  made-up text
    typed = "".join(chance.sample(assigned(), 500))
    holds(pdf(texts(Language.NL), typed[:60], (typed,), [Section(typed[:60], ((typed, typed),), (typed,))], now=MADE))
    assert fonts.named("\uf0b7") == "U+F0B7"
    assert fonts.named("\U00013000") == "U+13000 EGYPTIAN HIEROGLYPH A001"


def test_every_paper_is_made_of_any_script(sqlite: Engine, settings: Settings, now: datetime, typed: str) -> None:
    said = asks(
        name=typed[:190], explanation=typed, role="agent", subject_name=typed[:190], authorisation=Upload("m.png", cases.PNG)
    )
    case = cases.in_progress(sqlite, settings, now, said)
    with reading(sqlite) as session:
        view = queries.case_view(by(session, AGENT, now, settings), case.id)
    holds(papers.receipt(view, now=now))
    holds(papers.dossier(view, now=now))
    holds(packages.summary_pdf(texts(Language.NL), view, {system.key: [{"naam": typed}] for system in systems()}, now=now))
    shown = Receipt(case.reference, "CODE", case.received_on, explain(case.received_on))
    holds(proof(shown, Language.EN, now=now))


def test_an_annex_and_the_evidence_of_a_school_are_made_of_any_script(sqlite: Engine, settings: Settings, typed: str) -> None:
    holds(printing.pdf(Paper("annex_3", typed, typed, "1.0", "4.0", date(2026, 3, 5), {"rows": [typed]}, deviation=typed)))
    of = Reached("90AD", typed, (), (), ())
    with reading(sqlite) as session:
        act = by(session, replace(LYCEUM, name=typed), NOW, settings)
        holds(readable.as_pdf(act, of, date(2026, 3, 5), [LISTED.model_copy(update={"product_name": typed})], Language.NL))


TEMPLATES = {"annexes/annex.typ", "papers/paper.typ", "papers/report.typ"}


def feet(paper: bytes) -> list[tuple[int, int]]:
    """Page and number of pages as the foot of each page says them, read back by another library than the one that made it."""
    found = []
    for page in PdfReader(io.BytesIO(paper)).pages:
        [numbers] = re.findall(r"(?:pagina (\d+) van (\d+)|· (\d+) / (\d+))\s*$", page.extract_text(), re.MULTILINE)
        first, last = (int(number) for number in numbers if number)
        found.append((first, last))
    return found


def report_of(language: Language, long: str) -> dict[str, object]:
    """A report with one panel, as dashboard/insight/report.py gives it."""
    panel = {
        "title": "Paneel",
        "definition": "Wat het telt.",
        "takeaway": "Het meest: een (1).",
        "empty": False,
        "columns": ["Wat", "Aantal"],
        "aligned": ["left", "right"],
        "rows": [["een", "1"]],
        "series": ["Aantal"],
        "bars": [{"label": "een", "parts": [1], "said": "1", "beside": False}],
        "most": 1,
    }
    return {
        "language": language.value,
        "title": "Verslag 1 van 1",
        "intro": [long],
        "figures": [["Cijfer", "2026", "2025"], ["Verzoeken", "1", "1"]],
        "panels": [panel],
        "colours": ["#1d8790"],
        "words": {"figures": "Kerncijfers", "empty": "Geen", "missing": "Ontbreekt:"},
    }


@pytest.mark.parametrize("words", [1, 2_000, 9_000])
@pytest.mark.parametrize("template", sorted(TEMPLATES))
@pytest.mark.parametrize("language", list(Language))
def test_every_page_says_which_it_is_of_how_many(template: str, language: Language, words: int) -> None:
    long = "woord " * words
    if template.startswith("annexes"):
        content = {"rows": [long]}
        paper = printing.pdf(
            Paper("annex_3", "Bijlage 3", "Zandloper", "1.0", "4.0", date(2026, 3, 5), content, sample=words == 1)
        )
    elif template == "papers/report.typ":
        paper = printed(REPORT, report_of(language, long), made_at=MADE)
    else:
        paper = pdf(texts(language), "Titel 1 van 1", [long], [Section("Kop", text=(long,))], now=MADE)
    pages = len(PdfReader(io.BytesIO(paper)).pages)
    assert feet(paper) == [(number, pages) for number in range(1, pages + 1)]
    assert pages > 1 or words == 1


def test_there_is_no_paper_whose_pages_nobody_counted() -> None:
    assert {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.typ")} == TEMPLATES
