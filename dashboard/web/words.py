"""What the library that draws our pages says by itself, in the reader's language: pairs for `assets/words.js`.

A text called `library.…` is in the English catalogue as the library says it, and in another language as it should be.
"""

import json
from collections.abc import Iterator
from functools import cache
from html import escape

from babel.dates import get_month_names

from dashboard.i18n import Language, texts

WORDS = (
    "home", "pages", "sidebar", "sidebar_close", "sidebar_open", "skip", "copy", "copied", "date", "date_chosen", "date_month",
    "date_clear", "time_clear", "date_letters",
    "date_empty", "date_day", "date_months", "date_year", "option", "options", "no_results", "clear", "clear_all", "select_all",
    "csv", "csv_of", "fullscreen", "fullscreen_of", "fullscreen_close", "search", "search_of", "columns", "columns_of", "help",
    "shortcut", "file", "file_size", "file_choose", "file_browse", "file_drag", "file_add", "files_drag", "progress", "form_keys",
    "apply_keys", "running", "connecting", "page_next", "page_previous",
)  # fmt: skip
SAID = ("wrong", "offline")
_MONTH = "{month}"


@cache
def words_tag(language: Language) -> str:
    """For the head of the page. In English there is nothing to say otherwise."""
    pairs = list(_pairs(language)) if language is not Language.EN else []
    return f'<meta name="bijsluiter-words" content="{escape(json.dumps(pairs, ensure_ascii=False))}">'


@cache
def said_tag(language: Language) -> str:
    """What our own scripts say."""
    said = {name: texts(language)(f"script.{name}") for name in SAID}
    return f'<meta name="bijsluiter-said" content="{escape(json.dumps(said, ensure_ascii=False))}">'


def _pairs(language: Language) -> Iterator[tuple[str, str]]:
    theirs, ours = get_month_names("wide", locale="en"), get_month_names("wide", locale=language.value)
    for name in WORDS:
        said, words = (texts(each)(f"library.{name}") for each in (Language.EN, language))
        if _MONTH in said:
            yield from ((said.replace(_MONTH, theirs[month]), words.replace(_MONTH, ours[month])) for month in theirs)
        else:
            yield said, words
