"""What `check`, `serve` and `worker` ask of the publisher's own words: each file is there, readable and whole."""

import tomllib
from collections.abc import Callable, Iterator

from pydantic import ValidationError

from dashboard import content
from dashboard.addresses import normalized_or_empty
from dashboard.content import organisation
from dashboard.data_requests.law import recipients
from dashboard.i18n import Language, texts
from dashboard.settings import Settings
from dashboard.statement import statement, versions

_WRONG = (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError, KeyError, IndexError, TypeError, ValueError)


def content_problems(settings: Settings) -> list[str]:
    """What keeps production from starting; the demo has words of ours."""
    if settings.demo:
        return []
    if settings.content_dir and not settings.content_dir.is_dir():
        return ["BIJSLUITER_CONTENT_DIR is no folder"]
    if absent := content.missing():
        return [
            f"{name} is still the demo's: `bijsluiter content FOLDER` copies it; BIJSLUITER_CONTENT_DIR names that folder"
            for name in absent
        ]
    return [*_of("organisation.toml", _organisation), *_of("data_map.toml", _data_map), *_of("statement/", _statement)]


def _of(name: str, look: Callable[[], Iterator[str]]) -> Iterator[str]:
    try:
        yield from look()
    except _WRONG as fault:
        yield f"{name}: {_said(fault)}"


def _organisation() -> Iterator[str]:
    address = organisation().email
    if address.endswith(".example"):
        yield "the e-mail address in organisation.toml ends in .example, which never delivers"
    elif not normalized_or_empty(address):
        yield f"organisation.toml: email is no e-mail address: {address}"


def _data_map() -> Iterator[str]:
    parts: tuple[recipients.Part, ...] = ("controller", "processor")
    for part in parts:
        for system in recipients.systems(part):
            for language in Language:
                texts(language)(f"legal_ground.{system.legal_ground}")
    for language in Language:
        recipients.general("transfer", language), recipients.general("automated", language)
    yield from ()


def _statement() -> Iterator[str]:
    if not versions():
        yield "statement/versions.toml names no version"
    for version in versions():
        for language in Language:
            name = f"statement/{version.version}.{language.value}.md"
            try:
                statement(language, version.version, systems="", transfer="", automated="")
            except FileNotFoundError:
                yield f"{name} isn't there: versions.toml names it"
            except (KeyError, IndexError, ValueError) as wrong:
                yield f"{name}: between braces stands what we don't know: {_said(wrong)}"


def _said(fault: Exception) -> str:
    """What is wrong, in a line; never what stands in the file."""
    if isinstance(fault, ValidationError):
        wrong = fault.errors(include_url=False, include_input=False)
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong)
    if isinstance(fault, PermissionError):
        return "this account may not read it"
    if isinstance(fault, UnicodeDecodeError):
        return "it isn't UTF-8"
    if isinstance(fault, KeyError):
        return f"{fault.args[0]} is missing or unknown"
    return str(fault) or type(fault).__name__
