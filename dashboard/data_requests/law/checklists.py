"""What to do for a right, step by step: from the data map, so that no system is forgotten."""

from collections.abc import Iterable

from dashboard.data_requests.law.recipients import systems
from dashboard.data_requests.law.rights import TELLS_RECIPIENTS, Right, Subject
from dashboard.i18n import Texts


def step_of(right: Right, system: str) -> str:
    """The step of looking in one system for one right."""
    return f"{right.value}.{system}"


def steps_of(rights: Iterable[Right], subject: Subject, t: Texts) -> dict[str, str]:
    """Step -> words. Each step's name stands in the history, so it must not change its meaning."""
    asked = list(rights)
    if subject is Subject.LEARNING_MATERIAL:
        return {"school.find": t("checklist.school.find"), "school.agreement": t("checklist.school.agreement")}
    steps = {"person.known": t("checklist.person.known")}
    for right in asked:
        for system in systems():
            steps[step_of(right, system.key)] = t(f"checklist.{right.value}", system=system.name(t.language))
    if set(asked) & TELLS_RECIPIENTS:
        steps["recipients"] = t("checklist.recipients")
    steps["answer.read"] = t("checklist.answer.read")
    return steps
