"""Files of people as other programs write them: columns, encodings, quotation marks, JSON."""

import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SubscriberError
from pipeline.subscribers import rows as csv_module
from pipeline.subscribers.importing import open_source
from pipeline.subscribers.rows import Row


def read(text: str | bytes, given: dict[str, str] | None = None) -> list[Row]:
    return list(open_source(io.BytesIO(text.encode() if isinstance(text, str) else text), given or {}).rows)


def fields(text: str | bytes, given: dict[str, str] | None = None) -> list[dict[str, str]]:
    return [dict(row.fields) for row in read(text, given)]


# --- columns ----------------------------------------------------------------------------------------------

MAILCHIMP = (
    '"Email Address","First Name","Last Name",Address,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,'
    "LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS\n"
    'ada@example.org,Ada,Lovelace,"1 Small Street  Bristol",2,"2024-03-01 10:00:00",1.2.3.4,"2024-03-01 10:05:00",'
    '1.2.3.4,,,,,Europe/London,GB,,"2024-03-01 10:05:00",1,2,,"""paid"",""tea, green"""\n'
)


def test_an_export_of_mailchimp_is_known_by_its_columns() -> None:
    assert fields(MAILCHIMP) == [
        {
            "address": "ada@example.org",
            "first_name": "Ada",
            "consent_at": "2024-03-01 10:05:00",
            "timezone": "Europe/London",
            "tags": '"paid","tea, green"',
        }
    ]


def test_an_export_of_listmonk_is_known_by_its_columns() -> None:
    text = (
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        '5e91dda1,ada@example.org,Ada Lovelace,"{""city"": ""Bath""}",enabled,2024-05-01T10:00:00Z,2024-05-01\n'
    )

    assert fields(text) == [
        {
            "address": "ada@example.org",
            "name": "Ada Lovelace",
            "state": "enabled",
            "added_at": "2024-05-01T10:00:00Z",
        }
    ]


def test_an_export_of_substack_is_known_by_its_columns() -> None:
    text = (
        "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
        "ada@example.org,false,,other,true,2024-01-01T00:00:00.000Z,\n"
    )

    assert fields(text) == [
        {"address": "ada@example.org", "is_off": "true", "added_at": "2024-01-01T00:00:00.000Z"}
    ]


def test_a_column_is_what_one_says_it_is() -> None:
    text = "Mail,Email,Salutation\nada@example.org,old@example.org,Ada\n"

    assert fields(text, {"mail": "address", "Email": "-", "Salutation": "first_name"}) == [
        {"address": "ada@example.org", "first_name": "Ada"}
    ]
    assert open_source(io.BytesIO(MAILCHIMP.encode()), {}).unused[:2] == ("Last Name", "Address")


def test_a_field_that_there_is_not_is_refused() -> None:
    with pytest.raises(SubscriberError, match="there is no field `adress`"):
        read("Mail\nada@example.org\n", {"Mail": "adress"})


def test_a_file_without_names_of_columns_has_its_addresses_found() -> None:
    assert fields("ada@example.org\nbo@example.org\n") == [
        {"address": "ada@example.org"},
        {"address": "bo@example.org"},
    ]
    assert fields("7;Ada;ada@example.org\n")[0] == {"address": "ada@example.org"}


def test_a_file_without_addresses_is_refused_with_what_to_do() -> None:
    with pytest.raises(SubscriberError, match=r"say which with --map 'NAME OF COLUMN=address'"):
        read("Contact,Name\nada (at) example.org,Ada\n")
    with pytest.raises(SubscriberError, match="the file is empty"):
        read("\n \n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_what_the_first_line_has_most_of(delimiter: str) -> None:
    text = delimiter.join(["email", '"first name, or what; you | like"', "tags"]) + "\n"
    text += delimiter.join(["ada@example.org", "Ada", '"a,b"']) + "\n"

    assert fields(text) == [{"address": "ada@example.org", "tags": "a,b"}]


def test_the_delimiter_that_excel_states_is_believed() -> None:
    assert fields("sep=;\r\nemail;first name\r\nada@example.org;Ada, Countess\r\n") == [
        {"address": "ada@example.org", "first_name": "Ada, Countess"}
    ]


# --- encodings --------------------------------------------------------------------------------------------

NAMES = "email,first name\nzoe@example.org,Zoë\n"


@pytest.mark.parametrize(
    ("encoded", "encoding"),
    [
        (NAMES.encode(), "utf-8"),
        (NAMES.encode("utf-8-sig"), "utf-8-sig"),
        (NAMES.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + NAMES.encode("utf-16-be"), "utf-16"),
        (NAMES.encode("utf-16-le"), "utf-16-le"),
        (NAMES.encode("utf-16-be"), "utf-16-be"),
        (NAMES.encode("cp1252"), "cp1252"),
        (NAMES.replace("\n", "\r\n").encode(), "utf-8"),
        (NAMES.replace("\n", "\r").encode(), "utf-8"),
    ],
)
def test_a_file_is_read_however_it_is_encoded(encoded: bytes, encoding: str) -> None:
    source = open_source(io.BytesIO(encoded), {})

    assert (source.text.encoding, source.text.is_guessed) == (encoding, encoding == "cp1252")
    assert [dict(row.fields) for row in source.rows] == [{"address": "zoe@example.org", "first_name": "Zoë"}]


def test_a_wrong_byte_far_into_the_file_is_seen_before_the_first_row() -> None:
    text = b"email,first name\n" + b"ada@example.org,Ada\n" * 100_000 + "zoe@example.org,Zoë\n".encode("cp1252")
    source = open_source(io.BytesIO(text), {})

    assert source.text.is_guessed
    assert list(source.rows)[-1].fields["first_name"] == "Zoë"


@pytest.mark.parametrize(
    ("start", "says"),
    [(b"PK\x03\x04rest", "ZIP archive or a spreadsheet"), (b"email\0\0\0\0name", "NUL bytes"), (b"", "is empty")],
)
def test_what_is_no_text_is_refused(start: bytes, says: str) -> None:
    with pytest.raises(SubscriberError, match=says):
        read(start)


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    with pytest.raises(SubscriberError, match="this is no list"):
        read(b"email\n" + b"a" * 1_000_001)


# --- quotation marks --------------------------------------------------------------------------------------


def test_a_line_end_within_quotation_marks_is_no_new_row() -> None:
    text = 'email,notes,first name\nada@example.org,"one\ntwo, ""three""\n",Ada\nbo@example.org,,Bo\n'

    assert [(row.line, row.last, dict(row.fields)) for row in read(text)] == [
        (2, 4, {"address": "ada@example.org", "first_name": "Ada"}),
        (5, 5, {"address": "bo@example.org", "first_name": "Bo"}),
    ]


def test_a_quotation_mark_that_is_never_closed_costs_its_own_line_alone() -> None:
    text = 'email,first name\nada@example.org,"Ada\nbo@example.org,Bo\ncy@example.org,Cy\n'

    assert [(row.line, row.error or row.fields["address"]) for row in read(text)] == [
        (2, "a quotation mark opens here, and is never closed"),
        (3, "bo@example.org"),
        (4, "cy@example.org"),
    ]


def test_a_quotation_mark_that_swallows_somebody_is_told() -> None:
    text = 'email,first name\nada@example.org,"Ada\nbo@example.org,Bo"\ncy@example.org,Cy\n'

    assert [(row.line, row.last, row.error) for row in read(text)] == [
        (2, 3, "a quotation mark opens here, and `first_name` goes on to line 3"),
        (4, 4, ""),
    ]


def test_an_inch_mark_in_a_cell_does_no_harm() -> None:
    assert [
        r.fields["first_name"] for r in read('email,first name\na@example.org,5" Ada\nb@example.org,Bo\n')
    ] == [
        '5" Ada',
        "Bo",
    ]


def test_a_comma_too_many_is_told_and_a_cell_too_few_is_no_matter() -> None:
    text = "email,first name,tags\na@example.org,Ada, Countess,x\nb@example.org\nc@example.org,Cy,,,\n"

    assert [row.error or dict(row.fields) for row in read(text)] == [
        "it has 4 cells, and the first line 3",
        {"address": "b@example.org"},
        {"address": "c@example.org", "first_name": "Cy"},
    ]


def test_the_guard_of_a_formula_is_taken_off() -> None:
    assert fields("email,first name\n'+a@example.org,'=Ada\n'a@example.org,'tis\n") == [
        {"address": "+a@example.org", "first_name": "=Ada"},
        {"address": "'a@example.org", "first_name": "'tis"},
    ]


_CELLS = st.text('ab@.,;"\n\r \t=é', max_size=12)


@given(st.lists(st.one_of(_CELLS, st.just("a@example.org,x"), st.just('"')), max_size=30))
def test_every_line_that_is_not_blank_is_in_one_row_and_in_no_two(pieces: list[str]) -> None:
    text = "email,first name\n" + "\n".join(pieces)
    found = read(text)
    covered = [number for row in found for number in range(row.line, row.last + 1)]

    assert covered == sorted(set(covered))
    lines = re.split("\r\n|\r|\n", text)
    missing = set(range(2, len(lines) + 1)) - set(covered)
    assert all(not lines[k - 1].strip('", \t\r\n') for k in missing)


# --- JSON -------------------------------------------------------------------------------------------------

PEOPLE = [
    {"email": "ada@example.org", "name": "Ada Lovelace", "tags": ["paid", "tea, green"], "attribs": {"a": [1]}},
    {"email": "bo@example.org", "status": "enabled", "lists": [{"name": "x"}], "created_at": None},
]
TYPED = [
    {"address": "ada@example.org", "name": "Ada Lovelace", "tags": 'paid,"tea, green"'},
    {"address": "bo@example.org", "state": "enabled"},
]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PEOPLE),
        json.dumps(PEOPLE, indent=2),
        "\n".join(json.dumps(one) for one in PEOPLE),
        "\n\n".join(json.dumps(one, indent=1) for one in PEOPLE) + "\n",
        "\ufeff" + json.dumps(PEOPLE),
    ],
)
def test_json_is_read_as_an_array_or_one_object_after_another(text: str) -> None:
    assert fields(text) == TYPED


def test_json_on_one_long_line_is_read_a_little_at_a_time() -> None:
    text = json.dumps([{"email": f"reader.{k}@example.org", "name": "Ä" * 50} for k in range(20_000)])

    assert [row.fields["address"] for row in read(text)] == [f"reader.{k}@example.org" for k in range(20_000)]


def test_a_broken_object_costs_its_own_line_alone() -> None:
    whole = [
        '{"email": "a@example.org"}',
        '{"email": "b@exam',
        '{"email": "c@example.org"}',
        "12",
        '{"email": "d@',
    ]
    text = "\n".join(whole)

    assert [(row.line, row.error or row.fields["address"]) for row in read(text)] == [
        (1, "a@example.org"),
        (2, "it is no JSON object"),
        (3, "c@example.org"),
        (4, "it is no JSON object"),
        (5, "it is no JSON object"),
    ]


@given(st.text('{}[]":,\\ \nab1', max_size=60))
def test_any_json_comes_to_its_end_and_no_line_is_read_twice(text: str) -> None:
    found = read("{" + text)
    starts = [row.line for row in found if row.error]

    assert starts == sorted(set(starts))


def test_what_an_open_quotation_mark_may_take_has_a_bound() -> None:
    many = "x@example.org,Bo\n" * (csv_module._MOST_LINES + 50)
    found = read('email,first name\na@example.org,"Ada\n' + many + 'z@example.org,"\n')

    assert found[0].error == "a quotation mark opens here, and is never closed"
    assert len(found) == csv_module._MOST_LINES + 52
