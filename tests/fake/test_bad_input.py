"""Bad input to what users call: errors that name the argument, and say what was probably meant."""

from datetime import date, datetime, timedelta, timezone

import pytest

from pytest_layerperm import LayerPerm

SETTINGS = (
    "publish_layer() takes Description, LicenseInfo, CompatibleRuntimes, CompatibleArchitectures besides its own, not "
)
RANGE = " must be from 1000-01-01 to 9999-12-01, not "
WEST = timezone(timedelta(hours=-1))

BAD = [
    (lambda fake: fake.freeze(datetime.max), ValueError, f"when{RANGE}{datetime.max!r}"),
    (lambda fake: fake.freeze(datetime.max.replace(tzinfo=WEST)), ValueError, f"when{RANGE}"),
    (lambda fake: fake.freeze(datetime.min.replace(tzinfo=timezone.utc)), ValueError, f"when{RANGE}"),
    (lambda fake: fake.freeze(date.min), ValueError, f"when{RANGE}{date.min!r}"),
    (lambda fake: fake.freeze("9999-12-31T23:59:59Z"), ValueError, f"when{RANGE}'9999-12-31T23:59:59Z'"),
    (lambda fake: LayerPerm(frozen_at=date.max), ValueError, f"frozen_at{RANGE}{date.max!r}"),
    (
        lambda fake: LayerPerm(region="x"),
        TypeError,
        "LayerPerm(): got an unexpected keyword argument 'region'; did you mean region_name=?",
    ),
    (
        lambda fake: fake.client(region="eu-west-1"),
        TypeError,
        "client() takes no argument region; did you mean region_name=?",
    ),
    (
        lambda fake: fake.session(region="eu-west-1"),
        TypeError,
        "session(): got an unexpected keyword argument 'region'; did you mean region_name=?",
    ),
    (lambda fake: fake.publish_layer(region="eu-west-1"), TypeError, f"{SETTINGS}'region'; did you mean region_name=?"),
    (lambda fake: fake.publish_layer(Runtimes=[]), TypeError, f"{SETTINGS}'Runtimes'"),
    (lambda fake: fake.publish_layer(Description=1), TypeError, "Description must be text, not 1"),
    (lambda fake: fake.publish_layer(LicenseInfo=1), TypeError, "LicenseInfo must be text, not 1"),
    (
        lambda fake: fake.publish_layer(content={"a": 1}),
        TypeError,
        "content must map file names to text or bytes, not be {'a': 1}",
    ),
    (
        lambda fake: fake.publish_layer(content={1: b""}),
        TypeError,
        "content must map file names to text or bytes, not be {1: b''}",
    ),
    (lambda fake: fake.publish_layer().grant("*", organization_id=1), TypeError, "organization_id must be text, not 1"),
    (lambda fake: fake.publish_layer().grant("*", statement_id=1), TypeError, "statement_id must be text, not 1"),
    (lambda fake: fake.organization(accounts=None), TypeError, "accounts must be a list of account ids, not None"),
    (lambda fake: fake.organization(accounts=1), TypeError, "accounts must be a list of account ids, not 1"),
    (
        lambda fake: fake.organization(1),
        ValueError,
        "organization_id must be 'o-' and 10 to 32 lower-case letters and digits, not 1",
    ),
    (lambda fake: fake.organization_of({}), TypeError, "account_id must be text of twelve digits, not {}"),
    (lambda fake: fake.organization_of("1"), ValueError, "account_id must be twelve digits, not '1'"),
]


@pytest.mark.parametrize(("call", "error", "text"), BAD, ids=range(len(BAD)))
def test_bad_input(layerperm, call, error, text):
    """The type says whether it is the kind of thing or its value that is wrong, the text which argument it is."""
    with pytest.raises(error) as rejected:
        call(layerperm)
    assert type(rejected.value) is error
    assert str(rejected.value).startswith(text)


@pytest.mark.parametrize("when", ["1000-01-01", date(9999, 12, 1), datetime(9999, 11, 30, 23, tzinfo=WEST)])
def test_the_first_and_the_last_time(layerperm, when):
    """A clock frozen at either can be read, and calls can be made."""
    layerperm.freeze(when)
    layerperm.client().list_layers()
    assert layerperm.calls.last.time.year in (1000, 9999)
