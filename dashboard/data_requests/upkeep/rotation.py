"""A new secret takes the place of an old one: what lies under the old one is put under the new, some at a time, while the portal
goes on. Each piece is a transaction; cut off, the same command goes on after the last whole one.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select, update

from dashboard import secret_marks, vault
from dashboard.act import Allowed, asks
from dashboard.addresses import mailbox
from dashboard.data_requests.case.access_model import MailedLink
from dashboard.data_requests.case.model import Case, CaseFile
from dashboard.data_requests.outgoing.case_files import reseal
from dashboard.data_requests.requester.repeats import index_words
from dashboard.permissions import Permission
from dashboard.vault import DataKey

AT_ONCE = 200


@asks(Permission.RUN_JOBS)
def how_many(act: Allowed) -> int:
    """How many keys lie under an older secret, and how many files have none of their own yet."""
    keys = select(func.count()).select_from(DataKey).where(col(DataKey.key_id).in_(_older(act)))
    files = select(func.count()).select_from(CaseFile).where(*_plain_files())
    return act.session.exec(keys).one() + act.session.exec(files).one()


@asks(Permission.RUN_JOBS)
def unopened(act: Allowed) -> int:
    """How many keys lie under a secret that isn't given: what they seal can't be read by anybody."""
    known = list(vault.of(act.session).known)
    return act.session.exec(select(func.count()).select_from(DataKey).where(col(DataKey.key_id).not_in(known))).one()


@asks(Permission.RUN_JOBS)
def rotate_keys(act: Allowed) -> int:
    """Put some keys under the secret of now, and with each case the words it is found by; returns how many."""
    held = vault.of(act.session)
    query = select(DataKey).where(col(DataKey.key_id).in_(_older(act))).limit(AT_ONCE).with_for_update(skip_locked=True)
    rows = act.session.exec(query).all()
    for row in rows:
        wrapped = held.wrap(row.owner, held.unwrap(row.owner, row.key_id, row.wrapped))
        row.key_id, row.wrapped = wrapped["key_id"], wrapped["wrapped"]
        act.session.add(row)
    act.session.flush()
    for case in act.session.exec(select(Case).where(col(Case.id).in_([row.owner for row in rows]))).all():
        if case.purged_at is None:
            index_words(act, case)
            _mark_links(act, case)
    return len(rows)


@asks(Permission.RUN_JOBS)
def plain_files(act: Allowed) -> Sequence[str]:
    """Files that lie under our secret itself."""
    return act.session.exec(select(CaseFile.id).where(*_plain_files()).limit(AT_ONCE)).all()


@asks(Permission.RUN_JOBS)
def give_key(act: Allowed, file_id: str) -> None:
    """Put a file under a key of its own; one that went meanwhile needs none."""
    row = act.session.get(CaseFile, file_id)
    if row and row.deleted_at is None and not row.own_key:
        reseal(act, row)


@asks(Permission.RUN_JOBS)
def settle(act: Allowed) -> list[str]:
    """The variables with secrets of before that nothing needs any more."""
    done = []
    if act.settings.old_file_secrets and not how_many(act):
        secret_marks.settle(act, "FILE_SECRET")
        done.append("BIJSLUITER_OLD_FILE_SECRETS")
    since = secret_marks.since_when(act, "PEPPER")
    # A code is known by the pepper of its day alone: until the last request of before is forgotten.
    if since and not _any_before(act, since):
        secret_marks.settle(act, "PEPPER")
        done.append("BIJSLUITER_OLD_PEPPERS")
    return done


def _any_before(act: Allowed, moment: datetime) -> bool:
    before = select(Case.id).where(col(Case.purged_at).is_(None), col(Case.submitted_at) < moment)
    return act.session.exec(before.limit(1)).first() is not None


def _mark_links(act: Allowed, case: Case) -> None:
    now, *before = vault.of(act.session).marks(mailbox(case.email))
    theirs = col(MailedLink.case_id) == case.id, col(MailedLink.known_as).in_(before)
    act.session.exec(update(MailedLink).where(*theirs).values(known_as=now))


def _older(act: Allowed) -> list[str]:
    held = vault.of(act.session)
    return [each for each in held.known if each != held.current]


def _plain_files() -> tuple[ColumnElement[bool], ...]:
    return (col(CaseFile.own_key).is_(False), col(CaseFile.deleted_at).is_(None))
