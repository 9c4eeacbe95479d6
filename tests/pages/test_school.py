import pytest

from dashboard.clock import utc_now
from dashboard.portal import Portal
from tests.app import Open, cookie_for, named, shown

REFUSED = {
    ("entree", "leerling"): "Deze pagina is voor medewerkers van de school",
    ("entree", "gast"): "We zien niet dat je bij een school werkt",
    ("entree", "verkeerd-nummer"): "Het schoolnummer in je account klopt niet",
    ("entree", "onbekende-school"): "We kennen je school nog niet",
    ("surfconext", "niet-gekoppeld"): "We kennen je school nog niet",
    ("google", "prive"): "Dit is een privéaccount",
    ("medewerkers", "geen-rol"): "Je account heeft hier geen rol",
}
SEES = {
    ("entree", "locatie"): {"DIGIT", "Muisstap", "Typeladder"},
    ("entree", "school"): {"DIGIT", "Klikkompas"},
    ("entree", "werkstudent"): {"Klikkompas", "Toetsvuur"},
    ("entree", "kleine-letters"): {"Muisstap"},
    ("entree", "bijlage-ontbreekt"): {"Rustig Digitaal"},
    ("surfconext", "mbo"): {"Bytebaan", "DIGIT", "Toetsvuur"},
    ("entra", "bestuur"): {"DIGIT", "Klikkompas", "Muisstap", "Typeladder"},
    ("google", "domein"): {"Muisstap"},
}


@pytest.mark.parametrize("user", sorted(SEES))
def test_each_school_user_sees_exactly_the_products_of_the_school(
    open_page: Open, school_portal: Portal, user: tuple[str, str]
) -> None:
    at = open_page("school/annexes.py", session=cookie_for(school_portal, *user))
    assert not at.exception
    assert {each.value for each in at.subheader} == SEES[user]


@pytest.mark.parametrize("user", sorted(REFUSED))
def test_each_refused_user_gets_a_page_of_their_own_with_a_contact(
    open_page: Open, school_portal: Portal, user: tuple[str, str]
) -> None:
    session = cookie_for(school_portal, *user)
    for script in ("school/annexes.py", "public/schools.py"):
        at = _open(open_page, script, session)
        assert [each.value for each in at.title] == [REFUSED[user]]
        assert "privacy@instruct.example" in shown(at)


def _open(open_page: Open, script: str, session: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """A gated page is no file any more: open it by its address as a browser does."""
    if script.startswith("public/"):
        return open_page(script, session=session)
    at = open_page(session=session)
    at._page_hash = _hash(script)  # noqa: SLF001  AppTest switches only to files
    return at.run()


def _hash(script: str) -> str:
    from streamlit.util import calc_hash  # noqa: PLC0415

    return calc_hash(script.removesuffix(".py").rpartition("/")[2])


def test_a_school_without_licences_is_told_so(open_page: Open, school_portal: Portal) -> None:
    at = open_page("school/annexes.py", session=cookie_for(school_portal, "entree", "geen-licentie"))
    assert "Je school heeft nu geen licentie" in at.info[0].value
    assert not at.subheader


def test_a_version_shows_model_date_digest_and_leaves_by_our_own_route(open_page: Open, school_portal: Portal) -> None:
    at = open_page("school/annexes.py", session=cookie_for(school_portal, "entree", "school"), language="en")
    # Closed it says what one looks for; opened, all there is to know.
    assert any(":gray[3.1]" in each.value and ":gray[not downloaded yet]" in each.value for each in at.markdown)
    assert not at.code
    named(at.button, "annex_more_digit_annex_1").click().run()
    told = shown(at)
    assert "Version 3.1, following model 4.0 of the covenant." in told
    assert "Not downloaded by your school yet" in told
    assert "Version 1.5 has been announced" in told
    assert [len(each.value) for each in at.code] == [64]
    urls = [link.url for link in at.get("link_button")]
    assert any(url.startswith("/documents/all.zip?day=") for url in urls)
    assert sum(url.startswith("/documents/") and url.endswith("/file") for url in urls) == 7


def test_a_document_opens_on_the_page_and_closes_again(open_page: Open, school_portal: Portal) -> None:
    at = open_page("school/annexes.py", session=cookie_for(school_portal, "entree", "school"))
    named(at.button, "annex_more_digit_annex_1").click().run()
    view = next(each for each in at.button if each.label == "Bekijk hier")
    view.click().run()
    assert not at.exception
    assert sum(each.label == "Sluit document" for each in at.button) == 1


def test_a_missing_annex_is_marked(open_page: Open, school_portal: Portal) -> None:
    told = shown(open_page("school/annexes.py", session=cookie_for(school_portal, "entree", "bijlage-ontbreekt")))
    assert "1 document is er nog niet. We werken eraan." in told
    assert told.count(":material/pending: We werken eraan]") == 1


@pytest.mark.parametrize(
    ("user", "sentence"),
    [
        (("entree", "school"), "Meegetekend via PO-Raad, VO-raad"),
        (("entree", "geen-licentie"), "Niet ondertekend"),
        (("entree", "geen-licentie"), "We hebben nog geen ondertekende overeenkomst"),
        (("entra", "bestuur"), "Model 4.0, ondertekend op"),
    ],
)
def test_the_agreement_page_says_how_the_board_is_bound(
    open_page: Open, school_portal: Portal, user: tuple[str, str], sentence: str
) -> None:
    assert sentence in shown(open_page("school/agreement.py", session=cookie_for(school_portal, *user)))


@pytest.mark.parametrize(
    "script", ["school/annexes.py", "school/agreement.py", "staff/desk.py", "staff/case.py", "staff/insight.py"]
)
def test_a_visitor_finds_a_sign_in_in_front_of_every_closed_page(open_page: Open, script: str) -> None:
    at = _open(open_page, script, "")
    assert [each.value for each in at.title] == ["Deze pagina is er niet, of je moet inloggen"]
    assert not at.dataframe


@pytest.mark.parametrize("script", ["staff/desk.py", "staff/case.py", "staff/insight.py"])
def test_a_school_finds_no_staff_page(open_page: Open, school_portal: Portal, script: str) -> None:
    at = _open(open_page, script, cookie_for(school_portal, "entree", "school"))
    assert "hoort niet bij je account" in shown(at)
    assert not at.dataframe


def test_after_half_an_hour_the_page_asks_again(open_page: Open, school_portal: Portal) -> None:
    from datetime import timedelta  # noqa: PLC0415

    old = cookie_for(school_portal, "entree", "school", utc_now() - timedelta(minutes=31))
    assert [each.value for each in _open(open_page, "school/annexes.py", old).title] == [
        "Deze pagina is er niet, of je moet inloggen"
    ]
