"""Columns whose content lies sealed: a model names them, and pages, rules and mails read and write plain values.

Each value is bound to its table, column and row: one that was put in another place opens no more. What isn't sealed can't be
stored in such a column: the type refuses it.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, defer, object_session
from sqlalchemy.orm.attributes import set_committed_value

from dashboard import vault
from dashboard.db import Base, prepared
from dashboard.errors import DamagedFileError
from dashboard.sealed_types import (
    CLEAR,
    Ciphertext,
    Owned,
    OwnedDay,
    Sealed,
    SealedDay,
    SealedParts,
    open_text,
    owned_value,
)

T = TypeVar("T", bound=type[Base])


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is sealed of a model, and whose it is."""

    table: str
    owner: Callable[[Any], str]
    keys: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    days: frozenset[str]
    # Of a column with parts: which.
    parts: dict[str, frozenset[str]]


_kinds: dict[type[Base], _Kind] = {}


def sealed_for(owner: Callable[[Any], str]) -> Callable[[T], T]:
    """Mark a model with columns of these types; `owner` says whose key seals a row of it."""

    def mark(model: T) -> T:
        mapper = inspect(model)
        named = [(each.key, each.columns[0].name, each.columns[0].type) for each in mapper.column_attrs]
        _kinds[model] = kind = _Kind(
            table=mapper.local_table.name,
            owner=owner,
            keys=tuple(mapper.get_property_by_column(column).key for column in mapper.primary_key),
            columns=tuple((key, name) for key, name, of in named if isinstance(of, (Sealed, SealedDay, SealedParts))),
            days=frozenset(key for key, _, of in named if isinstance(of, SealedDay)),
            parts={key: of.typed for key, _, of in named if isinstance(of, SealedParts)},
        )
        event.listen(model, "load", lambda row, context: _opened(kind, row, context))
        event.listen(model, "refresh", lambda row, context, _only: _opened(kind, row, context))
        event.listen(model, "before_insert", lambda _mapper, _connection, row: own(_session_of(row), row, new=True))
        event.listen(model, "before_update", lambda _mapper, _connection, row: own(_session_of(row), row, _changed(row, kind)))
        event.listen(model, "after_insert", lambda _mapper, _connection, row: _disown(kind, row))
        event.listen(model, "after_update", lambda _mapper, _connection, row: _disown(kind, row))
        prepared(model, own)
        return model

    return mark


def left_out(model: type[Base], but: Collection[str] = ()) -> list[Any]:
    """Options of a query for a list that shows nothing of it `but` these: not read, nor opened, unless somebody asks for it
    after all.
    """
    return [defer(getattr(model, name)) for name, _ in _kinds[model].columns if name not in but]


def own(session: Session, row: Base, only: Iterable[str] | None = None, *, new: bool = False) -> None:
    """Give the values of a row the key that they are sealed under; of only these attributes where some are named. `new`: the row
    isn't stored yet.
    """
    kind = _kinds[type(row)]
    values = {name: getattr(row, name) for name, _ in kind.columns if only is None or name in only}
    if any(_is_typed(kind, name, value) for name, value in values.items()):
        owner = kind.owner(row)
        key = vault.key_for(session, owner, new=new and kind.keys == ("id",) and owner == getattr(row, "id", ""))
        owned = values_owned(type(row), row.__dict__ | values, key)
        row.__dict__.update({name: owned[name] for name in values})


def values_owned(model: type[Base], values: dict[str, Any], key: bytes) -> dict[str, Any]:
    """The same values of one row, by attribute, ready to go to the database."""
    kind = _kinds[model]
    place = "|".join(str(values[name]) for name in kind.keys)
    found = dict(values)
    for name, column in kind.columns:
        if name not in values:
            continue
        value, about = values[name], f"{kind.table}.{column}|{place}"
        if isinstance(value, dict):
            found[name] = {
                part: owned_value(each, key, f"{about}|{part}") if part in kind.parts[name] else each
                for part, each in value.items()
            }
        else:
            found[name] = owned_value(value, key, about)
    return found


def _is_typed(kind: _Kind, name: str, value: Any) -> bool:
    if isinstance(value, dict):
        return any(value.get(part, "") not in CLEAR for part in kind.parts[name])
    return value is not None and value not in CLEAR


def _opened(kind: _Kind, row: Any, context: Any) -> None:
    """What was just read from the database, in place."""
    place = "|".join(str(row.__dict__[name]) for name in kind.keys)
    for name, column in kind.columns:
        value = row.__dict__.get(name)
        if isinstance(value, dict):
            if any(isinstance(each, Ciphertext) for each in value.values()):
                about = f"{kind.table}.{column}|{place}|"
                plain = {
                    part: _open(context.session, kind.owner(row), each, about + part) if isinstance(each, Ciphertext) else each
                    for part, each in value.items()
                }
                set_committed_value(row, name, plain)
        elif isinstance(value, Ciphertext):
            text = _open(context.session, kind.owner(row), value, f"{kind.table}.{column}|{place}")
            set_committed_value(row, name, date.fromisoformat(text) if name in kind.days else text)


def _open(session: Session, owner: str, sealed: str, about: str) -> str:
    try:
        return open_text(sealed, vault.key_of(session, owner), about)
    except DamagedFileError:
        # What this process remembers may be of before a backup was put back.
        vault.of(session).drop([owner])
        return open_text(sealed, vault.key_of(session, owner), about)


def _changed(row: Any, kind: _Kind) -> list[str]:
    state = inspect(row)
    return [name for name, _ in kind.columns if name in row.__dict__ and state.attrs[name].history.has_changes()]


def _disown(kind: _Kind, row: Any) -> None:
    """Its values are plain ones again: no key goes on with them."""
    for name, _ in kind.columns:
        value = row.__dict__.get(name)
        if isinstance(value, Owned):
            row.__dict__[name] = str(value)
        elif isinstance(value, OwnedDay):
            row.__dict__[name] = date(value.year, value.month, value.day)
        elif isinstance(value, dict):
            row.__dict__[name] = {part: str(each) if isinstance(each, Owned) else each for part, each in value.items()}


def _session_of(row: Any) -> Session:
    session = object_session(row)
    if session is None:
        raise RuntimeError("a row that is flushed without a session")
    return session
