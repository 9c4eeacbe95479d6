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
    keys = select(func.count()).select_from(DataKey).where(_is_older(act))
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
    while owners := act.session.exec(select(DataKey.owner).where(_is_older(act)).limit(AT_ONCE)).all():
        # The requests first, as everybody does who changes one: a purge or a new address beside us is done before, or after.
        free = _free(act, owners)
        query = select(DataKey).where(col(DataKey.owner).in_(free), _is_older(act)).with_for_update()
        rows = act.session.exec(query.execution_options(populate_existing=True)).all()
        _put_under_now(act, rows)
        if rows:
            return len(rows)
    return 0


def _put_under_now(act: Allowed, rows: Sequence[DataKey]) -> None:
    held = vault.of(act.session)
    for row in rows:
        wrapped = held.wrap(row.owner, held.unwrap(row.owner, row.key_id, row.wrapped))
        row.key_id, row.wrapped = wrapped["key_id"], wrapped["wrapped"]
        act.session.add(row)
    act.session.flush()
    for case in act.session.exec(select(Case).where(col(Case.id).in_([row.owner for row in rows]))).all():
        if case.purged_at is None:
            index_words(act, case)
            _mark_links(act, case)


def _free(act: Allowed, owners: Sequence[str]) -> set[str]:
    """Those that nobody else is changing, held until we are done; where somebody changes all of them, the first one, once it is
    free. We wait for one at most, and with nothing else in our hands.
    """
    requests = select(Case).where(col(Case.id).in_(owners)).execution_options(populate_existing=True)
    held = act.session.exec(requests.with_for_update(key_share=True, skip_locked=True)).all()
    busy = {*act.session.exec(select(Case.id).where(col(Case.id).in_(owners)))} - {case.id for case in held}
    free = set(owners) - busy
    if not free:
        free = {owners[0]}
        act.session.exec(requests.where(Case.id == owners[0]).with_for_update(key_share=True)).one()
    return free


@asks(Permission.RUN_JOBS)
def plain_files(act: Allowed) -> Sequence[str]:
    """Files that lie under our secret itself."""
    return act.session.exec(select(CaseFile.id).where(*_plain_files()).limit(AT_ONCE)).all()


@asks(Permission.RUN_JOBS)
def give_key(act: Allowed, file_id: str) -> None:
    """Put a file under a key of its own; one that went meanwhile needs none."""
    of = select(CaseFile.case_id).where(CaseFile.id == file_id)
    act.session.exec(select(Case.id).where(col(Case.id).in_(of)).with_for_update(key_share=True)).all()
    row = act.session.get(CaseFile, file_id, populate_existing=True)
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


def _is_older(act: Allowed) -> ColumnElement[bool]:
    held = vault.of(act.session)
    return col(DataKey.key_id).in_([each for each in held.known if each != held.current])


def _plain_files() -> tuple[ColumnElement[bool], ...]:
    return (col(CaseFile.own_key).is_(False), col(CaseFile.deleted_at).is_(None))
