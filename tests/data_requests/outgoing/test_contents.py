import io
import json
import zipfile

import pytest

from dashboard.data_requests.outgoing.contents import holds_data


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "content", "found"),
    [
        ("json", b'{"naam": "Noor"}', True),
        ("json", b"[[[0]]]", True),
        ("json", b"false", True),
        ("json", b"{}", False),
        ("json", b"[]", False),
        ("json", b'{"crm": [], "nieuwsbrief": {}}', False),
        ("json", b'[null, ""]', False),
        ("csv", b"naam;plaats\nNoor;Bodegraven\n", True),
        ("csv", b"naam;plaats\n", False),
        ("csv", b"naam;plaats\n; \n", False),
        ("pdf", b"%PDF-1.7", False),
        ("txt", b"Noor", False),
        ("zip", packed(overzicht_pdf=b"%PDF-1.7"), False),
        ("zip", packed(overzicht_pdf=b"%PDF-1.7", data_json=b"{}"), False),
        ("zip", packed(overzicht_pdf=b"%PDF-1.7", data_json=b'{"crm": [{"naam": "Noor"}]}'), True),
        ("zip", packed(data_csv=b"naam\nNoor\n"), True),
        ("zip", packed(data_xml=b"<naam>Noor</naam>"), True),
        # Not what its name says, and one that goes deeper than anybody reads.
        ("zip", packed(data_json=b"%PDF-1.7"), False),
        ("zip", packed(data_json=b"[" * 100_000 + b"]" * 100_000), False),
    ],
)
def test_a_file_holds_data_when_one_value_is_in_it(kind: str, content: bytes, found: bool) -> None:
    assert holds_data(kind, content) is found


def test_depth_alone_is_no_fault() -> None:
    value: object = "Noor"
    for _ in range(500):
        value = [value]
    assert holds_data("json", json.dumps(value).encode())
