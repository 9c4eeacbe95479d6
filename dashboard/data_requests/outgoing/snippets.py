"""Standard texts: what the desk writes often, worded once in both languages, to begin a message with."""

from dataclasses import dataclass
from typing import Any

from dashboard.act import Allowed, Seen, asks
from dashboard.content import organisation
from dashboard.data_requests.outgoing.letters import Addressee, Placeholder, replaced, require_known, token
from dashboard.errors import InvalidInputError, NotFoundError
from dashboard.i18n import Language, texts
from dashboard.permissions import Permission
from dashboard.policy.queries import current
from dashboard.policy.service import keep
from dashboard.tokens import new_key
from dashboard.typed import body_of, line_of

RULE = "snippets"
MOST = 60
LONGEST_TITLE = 80
LONGEST = 4_000
# The parts that make sense in a message; the others are of the answer.
PARTS = (Placeholder.NAME, Placeholder.REFERENCE, Placeholder.RECEIVED, Placeholder.SENDER)
# What comes with the product, until somebody changes the list.
SHIPPED = ("busy", "which", "school")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Its words by language: a language without words isn't offered to who reads that one."""

    id: str
    title: str
    words: dict[Language, str]


@asks(Permission.READ_POLICY)
def snippets(act: Allowed) -> list[Snippet]:
    """All of them, by title."""
    return sorted(_kept(act), key=lambda each: each.title.casefold())


@asks(Permission.READ_POLICY)
def offered(act: Allowed, case: Addressee) -> list[Snippet]:
    """Those in the requester's language, filled in for this request; the words are still to be read before they go."""
    language = Language(case.language)
    return [
        Snippet(each.id, each.title, {language: _filled(each.words[language], case)})
        for each in snippets(act)
        if language in each.words
    ]


@asks(Permission.SET_POLICY)
def write(act: Allowed, seen: Seen, which: str, title: str, words: dict[Language, str], *, reason: str) -> bool:
    """Word one anew, or with an empty `which` make one; the old list stays in the history. Raises InvalidInputError naming the
    field, StaleError when the list changed meanwhile, NotFoundError for one that isn't there.
    """
    before = _kept(act)
    if which and which not in {each.id for each in before}:
        raise NotFoundError(RULE)
    wanted = _checked(Snippet(which or new_key(), title, words), [each for each in before if each.id != which])
    found = [wanted if each.id == which else each for each in before]
    return _keep(act, seen, found if which else [*before, wanted], reason)


@asks(Permission.SET_POLICY)
def remove(act: Allowed, seen: Seen, which: str, *, reason: str) -> bool:
    """Take one off the list. Raises NotFoundError, StaleError."""
    before = _kept(act)
    after = [each for each in before if each.id != which]
    if len(after) == len(before):
        raise NotFoundError(RULE)
    return _keep(act, seen, after, reason)


def _checked(given: Snippet, others: list[Snippet]) -> Snippet:
    title = line_of(given.title)
    if not 0 < len(title) <= LONGEST_TITLE:
        raise InvalidInputError({"title": "invalid.snippet_title"})
    if title.casefold() in {each.title.casefold() for each in others}:
        raise InvalidInputError({"title": "invalid.snippet_twice"})
    if len(others) >= MOST:
        raise InvalidInputError({"title": "invalid.snippet_many"})
    words = {language: found for language, typed in given.words.items() if (found := body_of(typed))}
    if not words:
        raise InvalidInputError({Language.NL.value: "invalid.snippet_empty"})
    for language, typed in words.items():
        if len(typed) > LONGEST:
            raise InvalidInputError({language.value: "invalid.snippet_length"})
        require_known(typed, language, PARTS, field=language.value)
    return Snippet(given.id, title, words)


def _kept(act: Allowed) -> list[Snippet]:
    stored: list[dict[str, Any]] | None = current(act, RULE)
    if stored is None:
        return [
            Snippet(
                name, texts(Language.NL)(f"snippet.{name}.title"), {each: texts(each)(f"snippet.{name}") for each in Language}
            )
            for name in SHIPPED
        ]
    return [Snippet(row["id"], row["title"], {Language(key): said for key, said in row["words"].items()}) for row in stored]


def _shipped(name: str) -> Snippet:
    # A title is for the desk, as the privacy officer types it: in one language.
    title = texts(Language.NL)(f"snippet.{name}.title")
    return Snippet(name, title, {language: texts(language)(f"snippet.{name}") for language in Language})


def _keep(act: Allowed, seen: Seen, found: list[Snippet], reason: str) -> bool:
    rows = [
        {"id": each.id, "title": each.title, "words": {key.value: said for key, said in each.words.items()}} for each in found
    ]
    return keep(act, Seen(RULE, seen.version), rows, reason=reason)


def _filled(said: str, case: Addressee) -> str:
    language = Language(case.language)
    o = organisation()
    values = {
        Placeholder.NAME: case.name,
        Placeholder.REFERENCE: case.reference,
        Placeholder.RECEIVED: texts(language).day(case.received_on),
        Placeholder.SENDER: f"{o.name}, {o.department}",
    }
    return replaced(said, {token(part, language): value for part, value in values.items()})
