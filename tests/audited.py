"""T23: what each verb leaves in the audit trail, looked at wherever a test calls one.

Around every verb of the core stands a witness for as long as tests run: when the verb is done, the rows that it wrote in its
transaction are those that it is said here to write, or the test fails. A verb that is refused is not looked at here: what it
leaves is `refusals.py`'s, with tests of its own.
"""

import pkgutil
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from typing import Any

import dashboard
from dashboard import audit
from dashboard.act import ASKED
from dashboard.permissions import Permission

# What nobody does for themselves, and what names nobody.
JOBS_AND_NUMBERS = {Permission.RUN_JOBS, Permission.READ_INSIGHT}
# Whose row it is: one of these, exactly. `+`: one for each of several, in one transaction; `*`: the same, or none.
ROWS: dict[str, tuple[str, ...]] = {
    "accounts.access.approve_access": ("access.approved", "access.approved & mapping.added"),
    "accounts.access.ask_access": ("access.asked", "nothing to do"),
    "accounts.access.refuse_access": ("access.refused",),
    "accounts.directory.set_governance": ("governance.set",),
    "accounts.ending.end_school": ("school.ended",),
    "accounts.entering.change_board": ("board.changed", "nothing to do"),
    "accounts.entering.change_membership": ("membership.changed", "nothing to do"),
    "accounts.entering.change_place": ("place.changed", "nothing to do"),
    "accounts.keys.make_key": ("key.made",),
    "accounts.keys.revoke_key": ("key.revoked",),
    "accounts.mappings.add_mapping": ("mapping.added",),
    "accounts.own_sessions.end_one": ("sessions.ended",),
    "accounts.own_sessions.end_others": ("sessions.ended",),
    "accounts.service.end_by_provider": ("sessions.ended",),
    "accounts.service.refuse_sign_in": ("sign_in denied", "nothing to do"),
    "accounts.service.sign_in": ("sign_in",),
    "accounts.service.sign_out": ("sign_out", "nothing to do"),
    "accounts.sessions.end_key": ("key.revoked",),
    "accounts.sessions.end_sessions": ("sessions.ended",),
    "annexes.drafting.add_product": ("product.added",),
    "annexes.drafting.discard": ("annex.discarded",),
    "annexes.drafting.draft": ("annex.drafted",),
    "annexes.drafting.offer": ("annex.offered",),
    "annexes.drafting.revise": ("annex.revised",),
    "annexes.asking.ask_for": ("document.asked",),
    "annexes.entering.change_licence": ("licence.changed", "nothing to do"),
    "annexes.entering.end_agreement": ("agreement.ended",),
    "annexes.licensing.set_agreement": ("agreement.set",),
    "annexes.opened.set_public": ("product.opened", "nothing to do"),
    "annexes.publishing.approve": ("annex.approved", "annex.approved & notice.published"),
    "annexes.publishing.send_back": ("annex.sent_back",),
    "annexes.publishing.withdraw": ("annex.withdrawn",),
    "annexes.service.take_by_digest": ("annex.download",),
    "annexes.service.take_document": ("annex.download",),
    "data_requests.desk.bulk.acknowledge_all": ("case.acknowledge+", "nothing to do"),
    "data_requests.desk.bulk.assign_all": ("case.assign+", "nothing to do"),
    "data_requests.desk.bulk.link": ("case.link",),
    "data_requests.desk.bulk.merge": ("case.merge",),
    "data_requests.desk.bulk.merge_all": ("case.merge+", "nothing to do"),
    "data_requests.desk.deciding.approve": ("case.approve",),
    "data_requests.desk.deciding.close": ("case.close",),
    "data_requests.desk.waiting.send_soon": ("case.answer_held", "case.close"),
    "data_requests.desk.waiting.take_answer_back": ("case.answer_taken_back",),
    "data_requests.desk.deciding.decide": ("case.decide",),
    "data_requests.desk.deciding.tell_recipient": ("case.tell_recipient",),
    "data_requests.desk.handing_over.close_by_school": ("case.close_by_school",),
    "data_requests.desk.handing_over.execute": ("case.execute",),
    "data_requests.desk.handing_over.hand_over": ("case.hand_over",),
    "data_requests.desk.handing_over.take_back": ("case.take_back",),
    "data_requests.desk.handling.acknowledge": ("case.acknowledge",),
    "data_requests.desk.handling.announce_fee": ("case.announce_fee",),
    "data_requests.desk.handling.ask": ("case.ask",),
    "data_requests.desk.handling.assign": ("case.assign",),
    "data_requests.desk.handling.check_identity": ("case.check_identity",),
    "data_requests.desk.handling.doubt_identity": ("case.doubt_identity",),
    "data_requests.desk.handling.extend": ("case.extend",),
    "data_requests.desk.handling.inform": ("case.inform",),
    "data_requests.desk.handling.note": ("case.note",),
    "data_requests.desk.handling.note_complaint": ("case.note_complaint",),
    "data_requests.desk.handling.pause": ("case.pause",),
    "data_requests.desk.handling.recognise": ("case.recognise",),
    "data_requests.desk.handling.take": ("case.take",),
    "data_requests.desk.handling.tick": ("case.tick",),
    "data_requests.desk.looking.note_case": ("case.read",),
    "data_requests.desk.looking.note_desk": ("desk.read",),
    "data_requests.desk.looking.note_search": ("desk.searched",),
    "data_requests.desk.register.note_taken": ("register.taken",),
    "data_requests.desk.registering.register": ("case.register", "case.register+", "nothing to do"),
    "data_requests.outgoing.answers.attach": ("case.attach",),
    "data_requests.outgoing.answers.download": ("case.download_file",),
    "data_requests.outgoing.data_map.confirm": ("policy.set",),
    "data_requests.outgoing.letters.set_ground_text": ("policy.set", "nothing to do"),
    "data_requests.outgoing.snippets.write": ("policy.set", "nothing to do"),
    "data_requests.outgoing.snippets.remove": ("policy.set",),
    "data_requests.outgoing.letters.set_template": ("policy.set", "nothing to do"),
    "data_requests.outgoing.packages.build": ("case.attach & case.tick*",),
    "data_requests.outgoing.papers.take_dossier": ("case.dossier",),
    # The same form again is the same request; about our records and a school's it is two.
    "data_requests.requester.asking.submit": ("case.submit", "case.submit+", "nothing to do"),
    # What the link was for, beside that it was used: a page loaded again uses none.
    "data_requests.requester.entering.enter_by_link": (
        # What the link proves: a new address, a new request and its sibling's; each may join an older one.
        "case.open_by_link & case.change_address* & case.verify* & case.join* & case.remind*",
        "nothing to do",
    ),
    "data_requests.requester.entering.enter_sibling": ("case.open_sibling",),
    # An address that isn't the request's gets the same words, and no mail.
    "data_requests.requester.entering.send_fresh_link": ("case.send_fresh_link", "nothing to do"),
    # While one waits no code is looked at.
    "data_requests.requester.entering.try_code": ("case.open_by_code", "case.open_by_code denied", "nothing to do"),
    "data_requests.requester.following.ask_new_address": ("case.ask_address",),
    "data_requests.requester.following.rate": ("case.rate",),
    "data_requests.requester.following.reopen": ("case.reopen",),
    "data_requests.requester.following.reply": ("case.reply",),
    "data_requests.requester.following.withdraw": ("case.withdraw",),
    "data_requests.requester.repeats.change_address": ("case.change_address+", "nothing to do"),
    "data_requests.requester.repeats.join_older": ("case.join & case.remind", "nothing to do"),
    "data_requests.school.at_school.decide_at_school": ("case.school_decide",),
    "data_requests.school.at_school.enter_handed": ("case.open_handed", "case.open_handed denied", "nothing to do"),
    "data_requests.upkeep.bridge_days.set_bridge_days": ("policy.set", "nothing to do"),
    "evidence.service.gather": ("annex.download+",),
    "imports.by_hand.enter": ("register.entered",),
    "imports.by_hand.move": ("register.entered",),
    "imports.service.look": ("import.tried",),
    "imports.service.take": ("import.taken",),
    "mail.outbox.posted": ("case.posted", "nothing to do"),
    "notices.mappings.remove_mapping": ("mapping.removed",),
    "notices.service.answer_objection": ("objection.answered",),
    "notices.service.mark_seen": ("notice.seen", "nothing to do"),
    "notices.service.object_to": ("objection.made",),
    "notices.subscriptions.confirm": ("subscription.confirmed",),
    "notices.subscriptions.end_mine": ("subscription.ended",),
    "notices.subscriptions.subscribe": ("subscription.asked", "nothing to do"),
    "notices.subscriptions.unsubscribe": ("subscription.ended",),
    "oversight.breaches.close": ("breach.closed",),
    "oversight.breaches.describe": ("breach.described",),
    "oversight.breaches.keep_traced": ("breach.traced",),
    "oversight.breaches.note": ("breach.noted",),
    "oversight.breaches.tell_authority": ("breach.told",),
    "oversight.breaches.tell_people": ("breach.told",),
    "oversight.trail.note_export": ("audit.taken",),
    "oversight.trail.note_look": ("audit.read",),
    "policy.service.set_rule": ("policy.set", "nothing to do"),
}
# Nothing is kept of these; what they read that is about data subjects is read on a page that says so by a verb of `looking.py`.
NONE = {
    # About schools, products and documents.
    "accounts.directory": ("board_of", "board_view", "totals"),
    "accounts.entering": ("place",),
    "accounts.finding": ("find_places", "find_schools"),
    "accounts.history": ("history",),
    "accounts.mappings": ("mappings",),
    "accounts.queries": ("names_of_scopes",),
    "annexes.agreements": ("agreements",),
    "annexes.catalogue": ("catalogue", "file_of", "kinds", "latest_content", "product_names", "products", "version_view"),
    "annexes.changes": ("changes",),
    "annexes.completeness": ("worries",),
    "annexes.exports": ("dpia", "processing_register"),
    "annexes.first_steps": ("first_steps",),
    "annexes.history": ("history",),
    "annexes.holdings": ("holdings",),
    "annexes.licensing": ("board_agreements", "licences", "models", "people_of"),
    "annexes.opened": ("open_documents", "open_product", "public_products", "take_open"),
    "annexes.queries": ("annexes", "places"),
    "annexes.matrix": ("matrix",),
    "annexes.recognising": ("recognise",),
    "annexes.service": ("annex", "find_by_digest"),
    "annexes.subprocessors": ("subprocessor_register",),
    "evidence.service": ("known_keys",),
    "imports.service": ("prepare", "result", "runs"),
    "notices.queries": ("notices", "summaries", "told_boards"),
    "notices.subscriptions": ("how_many",),
    # About rules and numbers.
    "data_requests.outgoing.data_map": ("is_confirmed",),
    "data_requests.outgoing.letters": ("answer_draft", "ground_texts", "template"),
    "data_requests.outgoing.snippets": ("offered", "snippets"),
    "data_requests.upkeep.bridge_days": ("preview",),
    "data_requests.upkeep.faults": ("failing",),
    "insight.open_numbers": ("open_numbers",),
    "policy.queries": ("history", "rule"),
    # About colleagues and people of schools, on the pages of who lets them in.
    "accounts.access": ("access_requests",),
    "accounts.queries ": ("desk_people",),
    "accounts.sessions": ("open_keys", "signed_in"),
    # About oneself.
    "accounts.access ": ("my_request",),
    "accounts.keys": ("keys",),
    "accounts.own_sessions": ("mine",),
    "accounts.service": ("provider_of",),
    "data_requests.requester.asking": ("forget_receipt", "must_wait", "receipt"),
    "data_requests.requester.drafts": ("forget", "load", "save"),
    "data_requests.requester.entering": ("leave",),
    "notices.subscriptions ": ("mine",),
    # Who it is that asks, and that they are there still.
    "accounts.keys ": ("count_wrong", "must_wait", "note_use", "resolve_key"),
    "accounts.service ": ("choose_school", "needs_touch", "resolve", "touch"),
    "accounts.sign_ins": ("begin", "come_back", "wanted_before"),
    "data_requests.requester.entering ": ("needs_touch", "resolve_requester", "touch_grant"),
    "data_requests.desk.handling": ("seen_mention",),
    # Of the audit trail and the register of breaches: their pages note the look.
    "oversight.breaches": ("breaches",),
    "oversight.tracing": ("trace",),
    "oversight.trail": ("head", "how_many", "people", "piece", "trail"),
    # Data of data subjects: `note_case`, `note_desk`, `note_search`, `note_taken` say who looked.
    "data_requests.case.queries": ("case_id_of", "case_view"),
    "data_requests.desk.queue": ("desk", "desk_counts"),
    "data_requests.desk.register": ("piece",),
    "data_requests.desk.waiting": ("unsent", "waiting"),
    "data_requests.school.at_school": ("handed", "open_at"),
    "mail.outbox": ("dead_letters", "to_post"),
}
FREE = {f"{module.strip()}.{name}" for module, names in NONE.items() for name in names}
_WRITING = "audit rows of the verbs that run"


def watch() -> None:
    """Put a witness around every verb, for this process."""
    for found in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        if ".migrations" not in found.name and not found.name.endswith("__main__"):
            import_module(found.name)
    before = audit.store

    def store(session: Any, row: Any) -> None:
        for rows in session.info.get(_WRITING, ()):
            rows.append(row.action if row.outcome == audit.DONE else f"{row.action} denied")
        before(session, row)

    audit.store = store
    for name in ASKED:
        module, _, verb = name.rpartition(".")
        wrapper = getattr(import_module(module), verb)
        cell = wrapper.__closure__[wrapper.__code__.co_freevars.index("verb")]
        cell.cell_contents = _witnessed(name.removeprefix("dashboard."), cell.cell_contents)


def _witnessed(name: str, verb: Callable[..., Any]) -> Callable[..., Any]:
    def looked_at(act: Any, *args: Any, **kwargs: Any) -> Any:
        running: list[list[str]] = act.session.info.setdefault(_WRITING, [])
        rows: list[str] = []
        running.append(rows)
        try:
            result = verb(act, *args, **kwargs)
        finally:
            # By what it is: another one's may hold the same.
            running[:] = [each for each in running if each is not rows]
        if name in ROWS and not any(_is_so(rows, said) for said in ROWS[name]):
            raise AssertionError(f"{name} left {sorted(rows) or 'nothing'} in the audit trail, not {ROWS[name]}")
        if name in FREE and rows:
            raise AssertionError(f"{name} left {sorted(rows)} in the audit trail, of which nobody knows")
        return result

    return looked_at


def _is_so(rows: list[str], said: str) -> bool:
    if said == "nothing to do":
        return not rows
    found = Counter(rows)
    for each in said.split(" & "):
        number = found.pop(each.rstrip("+*"), 0)
        if not (number == 1 or (number == 0 and each.endswith("*")) or (number > 1 and each.endswith(("+", "*")))):
            return False
    return not found
