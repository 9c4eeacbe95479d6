import pytest

from dashboard.accounts.towns import LONGEST_TOWN, town

# How the towns call themselves, beside how DUO's lists write them.
NAMES = {
    "EMMEN": "Emmen",
    "'S-GRAVENHAGE": "'s-Gravenhage",
    "'S-HERTOGENBOSCH": "'s-Hertogenbosch",
    "'T HARDE": "'t Harde",
    "IJMUIDEN": "IJmuiden",
    "CAPELLE AAN DEN IJSSEL": "Capelle aan den IJssel",
    "DEN HAAG": "Den Haag",
    "HENGELO OV": "Hengelo OV",
    "BERGEN (NH)": "Bergen (NH)",
    "ALTEVEER GEM NOORDENVELD": "Alteveer gem Noordenveld",
    "2E EXLOERMOND": "2e Exloermond",
    "ST.-ANNAPAROCHIE": "St.-Annaparochie",
    "SÚDWEST-FRYSLÂN": "Súdwest-Fryslân",
    "OUDE PEKELA": "Oude Pekela",
    "'s-Gravenpolder": "'s-Gravenpolder",
    "  Son   en Breugel ": "Son en Breugel",
    "": "",
}


@pytest.mark.parametrize(("written", "called"), NAMES.items())
def test_a_town_in_capitals_is_called_as_people_write_it(written: str, called: str) -> None:
    assert town(written) == called


@pytest.mark.parametrize("text", ["Dren\x0bthe", "\u202eemme", "A" * (LONGEST_TOWN + 1)])
def test_what_is_no_name_of_a_town_is_none(text: str) -> None:
    assert town(text) == ""
