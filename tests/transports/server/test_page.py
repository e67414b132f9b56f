"""The page in a real browser: what a person sees."""

import os
import shutil

import pytest

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")
pytest.importorskip("playwright", reason="the browser is driven with playwright")

from playwright.sync_api import sync_playwright

from pytest_layerperm import ConnectionLost, LayerPerm, Throttle
from pytest_layerperm.fake import service_of
from pytest_layerperm.service.snapshot import snapshot
from pytest_layerperm.transports.server.page import report_page
from tests.helpers import add_permission

HOSTILE = "<img src=x onerror=alert(1)>"
# The browser opens as few connections of its own as possible: nothing should leave this machine.
SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="module")
def chromium():
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        missing = "no Chromium on this machine"
        pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium):
    """Opens a URL in a tab of its own; fails if a script failed, opened a dialog, or left this machine."""
    contexts, problems = [], []

    def open_page(url, **settings):
        context = chromium.new_context(**settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("dialog", lambda dialog: problems.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: problems.append(request.url) if outside(request.url) else None)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert problems == []


def outside(url):
    return not url.startswith(("http://127.0.0.1:", "file://", "data:"))


def rows(page, table="Layer versions and callers"):
    """The texts of a table's body, row by row."""
    return (
        page.get_by_role("region", name=table)
        .locator("tbody tr")
        .evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim().replace(/\\s+/g, ' ')))"
        )
    )


def fill(fake):
    """Layers shared in every way, and calls with every kind of outcome."""
    fake.organization("o-exampleorgid", accounts=["333333333333"])
    first = fake.publish_layer()
    first.grant("222222222222", statement_id="partner")
    first.grant("*", organization_id="o-exampleorgid", statement_id="org")
    fake.publish_layer().grant("*", statement_id="everyone")
    fake.inject(Throttle(operation="AddLayerVersionPermission"), ConnectionLost(operation="GetLayerVersion"))
    client = fake.client()
    add_permission(client, "more", "*")
    with pytest.raises(client.exceptions.ClientError):
        client.remove_layer_version_permission(LayerName="shared-deps", VersionNumber=1, StatementId=HOSTILE)
    client.get_layer_version(LayerName="shared-deps", VersionNumber=1)


@pytest.fixture
def report(tmp_path):
    """The page of two failed tests, as a file."""
    with LayerPerm() as fake:
        fill(fake)
        state = snapshot(service_of(fake))
        empty = snapshot(service_of(LayerPerm()))
    tests = [
        {"name": "t.py::test_one", "outcome": "failed", "failure": HOSTILE, "details": "E   whole", "state": state},
        {"name": f"t.py::test_two[{HOSTILE}]", "outcome": "passed", "failure": None, "details": None, "state": empty},
    ]
    path = tmp_path / "page.html"
    path.write_text(report_page(tests), "utf-8")
    return path.as_uri()


def test_the_page_shows_which_statement_allows_whom_to_use_which_version(visit, report):
    """The matrix: versions are rows, callers are columns, statements are in the cells; the newest version first."""
    page = visit(report)
    assert page.get_by_role("heading", level=1).inner_text() == "t.py::test_one"
    columns = page.get_by_role("region", name="Layer versions and callers").locator("thead th")
    assert [" ".join(text.split()) for text in columns.all_inner_texts()] == [
        "layer version",
        "everyone *",
        "o-exampleorgid organization",
        "123456789012 default account",
        "222222222222 account",
        "333333333333 account, in o-exampleorgid",
    ]
    assert rows(page) == [
        ["shared-deps:2 us-east-1 policy", "everyone", "\u2013 no", "owner", "everyone", "everyone"],
        ["shared-deps:1 us-east-1 policy", "more", "org", "owner", "partner more", "org more"],
    ]


def test_the_page_shows_calls_with_all_their_attempts(visit, report):
    """One row for each call, newest first: its parameters, and the outcome of every attempt."""
    calls = rows(visit(report), "Calls")
    assert [row[3:] for row in calls] == [
        ["GetLayerVersion", "shared-deps:1", "", "ConnectionClosedError → 200 injected: ConnectionLost 1 of 1"],
        [
            "RemoveLayerVersionPermission",
            "shared-deps:1",
            f"StatementId {HOSTILE}",
            "400 ValidationException",
        ],
        [
            "AddLayerVersionPermission",
            "shared-deps:1",
            "StatementId more Principal *",
            "429 → 201 injected: Throttle 1 of 1",
        ],
    ]


def test_everything_works_with_the_keyboard(visit, report):
    """Tab and Enter choose tests and open and close policies, and the focus stays where it was."""
    page = visit(report)
    focused = "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
    reached = []
    for _ in range(9):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(focused))
    assert reached[:3] == ["Skip to the layers", "test_one", f"test_two[{HOSTILE}]"]
    wanted = "Policy of arn:aws:lambda:us-east-1:123456789012:layer:shared-deps:2"
    assert wanted in reached
    while page.evaluate(focused) != wanted:
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert '"Sid": "everyone"' in page.locator("tr.policy").inner_text()
    assert page.evaluate(focused) == wanted
    assert page.get_by_role("button", name=wanted).get_attribute("aria-expanded") == "true"
    page.keyboard.press("Enter")
    assert page.locator("tr.policy").count() == 0
    page.get_by_role("button", name="test_two").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("heading", level=1).inner_text() == f"t.py::test_two[{HOSTILE}]"
    shown = page.locator("main").inner_text()
    assert "No layer version exists." in shown
    assert "The fake received no calls." in shown


def test_the_filter_keeps_the_calls_that_match(visit, report):
    """Typing narrows down the calls, and the cursor stays in the box."""
    page = visit(report)
    page.get_by_role("searchbox", name="Filter").press_sequentially("429")
    assert [row[3] for row in rows(page, "Calls")] == ["AddLayerVersionPermission"]
    page.get_by_role("searchbox", name="Filter").press_sequentially("0")
    assert page.get_by_text("No call matches the filter.").is_visible()


CONTRASTS = """() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = channels(getComputedStyle(at).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
  };
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.checkVisibility() && !e.matches(".no, script"))
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .map((e) => {
      const [a, b] = [light(channels(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
      return [e.innerText.slice(0, 40), (a + 0.05) / (b + 0.05)];
    });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_light_and_dark(visit, report, scheme):
    """Every text has a contrast of at least 4.5 to 1, as WCAG AA requires."""
    page = visit(report, color_scheme=scheme)
    page.get_by_role("button", name="shared-deps:2").click()
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 60
    assert [one for one in contrasts if one[1] < 4.5] == []
    back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert back == {"light": "rgb(246, 247, 249)", "dark": "rgb(18, 22, 28)"}[scheme]


def test_a_narrow_window_scrolls_tables_and_never_the_page(visit, report):
    """On a phone nothing is wider than the screen."""
    page = visit(report, viewport={"width": 380, "height": 700})
    assert page.evaluate("document.scrollingElement.scrollWidth") == 380


def test_the_live_page_follows_the_program_under_test(visit, layerperm_server, layerperm, layerperm_layer):
    """A grant and a call appear by themselves, new calls are announced, and an open policy stays open."""
    page = visit(f"{layerperm_server.url}/_layerperm/")
    page.get_by_role("button", name="shared-deps:1").click()
    assert "The policy has no statements." in page.locator("tr.policy").inner_text()
    layerperm_layer.grant("222222222222", statement_id="partner")
    page.locator("tr.policy", has_text='"Sid": "partner"').wait_for()
    assert rows(page)[0] == ["shared-deps:1 us-east-1 policy", "\u2013 no", "owner", "partner"]
    layerperm.client("222222222222").get_layer_version(LayerName=layerperm_layer.layer_arn, VersionNumber=1)
    page.get_by_text("1 new call").wait_for()
    assert [row[1] for row in rows(page, "Calls")] == ["222222222222"]
    assert page.get_by_role("status").inner_text() == "live"
    assert (
        page.get_by_role("heading", level=1).inner_text().endswith("test_the_live_page_follows_the_program_under_test")
    )


def test_the_live_page_waits_between_tests_and_says_when_the_server_has_stopped(visit):
    """Without a fake it waits; when the server stops, it keeps the last state and says so."""
    from pytest_layerperm.transports.server.live import LiveServer

    fakes = []
    server = LiveServer(lambda: service_of(fakes[0]) if fakes else None)
    page = visit(f"{server.url}/_layerperm/")
    page.get_by_text("waiting for a test").wait_for()
    fakes.append(LayerPerm())
    fakes[0].publish_layer("late")
    page.get_by_text("late:1").wait_for()
    server.stop()
    page.get_by_text("the server has stopped; this was its last state").wait_for()
    assert page.get_by_text("late:1").is_visible()


def test_an_empty_report_says_so(visit, tmp_path):
    """The page of a run in which nothing failed says so."""
    path = tmp_path / "page.html"
    path.write_text(report_page([]), "utf-8")
    assert visit(path.as_uri()).locator("main").inner_text() == "This report has no test that used layerperm."
