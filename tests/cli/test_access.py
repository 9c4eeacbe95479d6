"""Ending sessions and keys from the command line: somebody was dismissed, and no administrator is near."""

from datetime import date
from pathlib import Path

from sqlmodel import select

from dashboard.accounts import keys, service
from dashboard.accounts.model import Board, BoardSchool, Person, School
from dashboard.accounts.terms import KeyUse, Sector
from dashboard.demo.provider import configured
from dashboard.files import FileStore
from dashboard.migrate import upgrade
from dashboard.permissions import VISITOR, Actor, Role, SchoolScope
from dashboard.portal import Portal
from dashboard.settings import Settings
from tests.commands import run_cli
from tests.engines import opened


def test_who_is_in_is_listed_and_ended(tmp_path: Path) -> None:
    secrets = {f"BIJSLUITER_{name}": name[0] * 40 for name in ("PEPPER", "COOKIE_SECRET", "FILE_SECRET", "SIGNING_SECRET")}
    environment = {**secrets, "BIJSLUITER_DATA_DIR": str(tmp_path), "BIJSLUITER_STAFF_ROLES": '{"privacy-desk": "desk_agent"}'}
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        staff_roles={"privacy-desk": "desk_agent"},
        **{name.removeprefix("BIJSLUITER_").lower(): value for name, value in secrets.items()},
    )
    engine = opened(settings.database, *settings.file_secrets)
    upgrade(engine)
    portal = Portal(settings, engine, FileStore.local(tmp_path / "files"))
    staff = next(each for each in configured(9000) if each.name == "medewerkers")
    with portal.act(VISITOR) as act:
        cookie = service.sign_in(
            act, staff, {"iss": "https://idp.test", "sub": "s", "name": "Cato Collega", "roles": ["privacy-desk"]}
        )
        act.session.add(Board(number="00431", name="Bestuur"))
        act.session.add(School(brin="33XK", name="School", sector=Sector.PO))
        act.session.flush()
        act.session.add(BoardSchool(board_number="00431", brin="33XK", valid_from=date(2020, 1, 1)))
        person = act.session.exec(select(Person)).one()
    with portal.act(Actor(Role.SCHOOL, person.id, "x", scope=SchoolScope(brin="33XK"))) as act:
        secret = keys.make_key(act, KeyUse.API, "Roosterpakket")
    listed = run_cli("sessions", **environment).stdout
    assert "Cato Collega" in listed
    assert "desk_agent" in listed
    assert run_cli("sessions", "--name", "zzzz", **environment).stdout == ""
    assert "1 sessions ended" in run_cli("end-sessions", listed.split("\t")[0], **environment).stdout
    with portal.look(VISITOR) as act:
        assert not service.resolve(act, cookie).signed_in
    assert run_cli("sessions", **environment).stdout == ""
    wrong = run_cli("end-sessions", "nobody", **environment)
    assert (wrong.returncode, "nobody has this id" in wrong.stderr) == (2, True)

    listed = run_cli("keys", "--scope", "33xk", **environment).stdout
    assert "Roosterpakket" in listed
    assert secret not in listed
    assert run_cli("keys", "--scope", "00431", **environment).stdout == ""
    assert run_cli("end-key", listed.split("\t")[0], **environment).returncode == 0
    with portal.look(VISITOR) as act:
        assert keys.resolve_key(act, secret, KeyUse.API) is None
    wrong = run_cli("end-key", listed.split("\t")[0], **environment)
    assert (wrong.returncode, "no open key" in wrong.stderr) == (2, True)
