"""T13: no code is ever given twice, and what a database holds opens nothing."""

import sqlite3
from pathlib import Path

from dashboard.clock import utc_now
from dashboard.data_requests.case.codes import code_for, new_reference
from dashboard.data_requests.requester import asking
from dashboard.permissions import VISITOR
from dashboard.tokens import new_key, new_token
from tests.people import request
from tests.trust.losing import opened, prepared
from tests.trust.seen import Seen, times

CODES, CASES = 1_000_000, 200


def no_code_twice(folder: Path, scale: float) -> list[Seen]:
    wanted, environment = times(CODES, scale), prepared(folder)
    portal = opened(environment)
    pepper = portal.settings.pepper.get_secret_value()
    codes = {code_for(new_key(), pepper) for _ in range(wanted)}
    references = {new_reference() for _ in range(wanted)}
    plain = []
    for number in range(times(CASES, scale)):
        with portal.act(VISITOR, utc_now()) as act:
            typed = request(email=f"noor{number}@aanvrager.example")
            plain.append(asking.submit(act, typed, key=new_key(), visitor=new_token()).code)
    with portal.act(VISITOR) as act:
        act.session.connection().exec_driver_sql("UPDATE outgoing_mail SET body = ''")
    with sqlite3.connect(folder / "bijsluiter.db") as database:
        dump = "\n".join(database.iterdump())
    portal.engine.dispose()
    found = sum(code in dump or code.replace("-", "") in dump for code in plain)
    figure = f"{wanted:,} codes: {wanted - len(codes)} twice; {wanted - len(references)} references twice"
    return [
        Seen("1,000,000 codes: 0 twice", figure, len(codes) == wanted),
        Seen("0 codes in a dump", f"{found} of {len(plain)}", not found),
    ]
