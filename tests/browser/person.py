"""Somebody with a browser: what they see and do, with the checks that hold on every page."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, WebSocket, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# Streamlit's own, not ours to mend (streamlit.md): the file uploader's nested role, and a table drawn on a canvas.
STREAMLITS_OWN = {"nested-interactive", "scrollable-region-focusable"}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
# Chromium says these about features that a library names; nothing is loaded or blocked by it.
# Streamlit greets the frame of a file that is looked at, which in its sandbox has no origin.
HARMLESS = (
    "Unrecognized feature:",
    "Missing attribute name 'data-index",
    "net::ERR_ABORTED",
    "does not match the recipient window's origin ('null')",
)
# Long, since nothing is measured here and four of these share two processors with the rest.
TIMEOUT_MS = 45_000
# What the library would say by itself, in a page that is otherwise Dutch.
ENGLISH = re.compile(
    r"\b(upload|browse files|drag and drop|per file|press|submit|choose|select|options?|no results|sidebar|navigate|app pages|"
    r"progress|loading|clear|show/hide|help for|month|year|january|february|march|may|june|july|august|october|copy|fullscreen|"
    r"columns|icon|increment|decrement|expand|collapse|shortcut|running|skip to|download as|empty|selected)\b",
    re.IGNORECASE,
)
SAID = """() => {
    const ours = '[data-testid=stMarkdownContainer], [data-testid=stText], pre, code, textarea, script, style, noscript';
    const names = ['aria-label', 'aria-valuetext', 'title', 'placeholder', 'alt'];
    const read = [...document.querySelectorAll('*')].filter(each => !each.closest('[aria-hidden=true], [hidden]'));
    const said = read.flatMap(each => names.map(name => each.getAttribute(name)));
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const parent = texts.currentNode.parentElement;
        const theirs = parent.closest('[data-testid=stFileUploaderDropzone] button') && !parent.closest('[translate=no]');
        if (theirs || !parent.closest(ours + ', [translate=no]')) said.push(texts.currentNode.data);
    }
    return document.documentElement.lang === 'nl' ? said.filter(each => each) : [];
}"""
FULL_PAGE_LIMIT = 6_000
# Streamlit has finished its run, and every button and fold stood where it stands for a fifth of a second. Its own word for
# that is asked: the little runner is drawn only after half a second. A page that isn't Streamlit's has no such word.
STILL = """() => new Promise(tell => {
    const runs = () => document.querySelector('[data-test-script-state]:not([data-test-script-state=notRunning])');
    const all = () => [...document.querySelectorAll('button, summary, input')];
    const places = () => runs() ? Math.random() : all().map(each => each.getBoundingClientRect().top).join();
    const before = places();
    setTimeout(() => tell(places() === before), 200);
})"""


@dataclass
class Person:
    page: Page
    url: str
    screenshots: Path
    label: str
    faults: list[str] = field(default_factory=list)
    # A status that a test provokes on purpose.
    expected: tuple[str, ...] = ()
    # A run was asked for and its end has not come back: on a busy machine the page doesn't know yet that it runs.
    asked: bool = False

    def __post_init__(self) -> None:
        self.page.set_default_timeout(TIMEOUT_MS)
        self.watch(self.page)

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("websocket", self._socket)

    def go(self, path: str, title: str = "") -> None:
        """Open an address and wait until the page is drawn."""
        self.page.goto(self.url + path)
        self.settle(title)

    def settle(self, title: str = "") -> None:
        """Wait for the heading and for Streamlit to finish its run."""
        heading = self.page.locator("h1", has_text=title) if title else self.page.locator("h1").first
        heading.wait_for()
        self.still()

    def click(self, name: str, *, kind: str = "button") -> None:
        self.still()
        self.page.get_by_role(kind, name=name, exact=False).first.click()  # type: ignore[arg-type]
        self.page.wait_for_timeout(150)
        self.still()

    def tick(self, name: str) -> None:
        self.still()
        self.page.locator("label", has_text=name).first.click()

    def choose(self, name: str) -> None:
        """One of some round boxes; it is chosen when the box says so."""
        self.still()
        box = self.page.locator("label", has=self.page.get_by_text(name, exact=True)).locator("visible=true").first
        box.click()
        expect(box.locator("input")).to_be_checked(timeout=TIMEOUT_MS)

    def press(self, name: str, *, exact: bool = False) -> None:
        """The button that stands in an open fold."""
        self.still()
        self.page.get_by_role("button", name=name, exact=exact).locator("visible=true").first.click()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).first.fill(value)

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()
        self.still()

    def still(self) -> None:
        """Wait until nothing moves: a sentence on top pushes what is below it, and a click would land beside its button."""
        for _ in range(TIMEOUT_MS // 200):
            self.page.wait_for_function(STILL)
            if not self.asked:
                return
        raise AssertionError("a run that was asked for never ended")

    def sees_not(self, text: str) -> None:
        """It isn't there, or goes: on a busy machine a page takes a while to be drawn anew."""
        expect(self.page.get_by_text(text)).to_have_count(0, timeout=TIMEOUT_MS)

    def sign_in(self, provider: str, sub: str, path: str) -> None:
        """Through the demo's provider; lands on `path`."""
        self.page.goto(f"{self.url}/sign-in/{provider}?to={path}")
        self.page.locator(f"button[value='{sub}']").click()
        self.page.wait_for_url(f"{self.url}{path}")
        self.settle()

    def codes(self) -> list[str]:
        self.page.locator("[data-testid=stCode] code").first.wait_for()
        return [element.inner_text() for element in self.page.locator("[data-testid=stCode] code").all()]

    def newest_mail(self, subject: str) -> Locator:
        """In the demo's mailbox: the newest mail with this subject, as soon as it is there."""
        for _ in range(30):
            self.go("/mailbox")
            # The newest stands first; its block is the nearest one around its subject.
            mail = self.page.get_by_text(subject).first.locator("xpath=ancestor::*[@data-testid='stVerticalBlock'][1]")
            if mail.count():
                break
            self.page.wait_for_timeout(500)
        return mail

    def open_newest_mail(self, subject: str) -> None:
        """The link of that mail, in this tab."""
        mail = self.newest_mail(subject)
        link = mail.get_by_role("link").first.get_attribute("href")
        assert link
        # The same page with another fragment wouldn't load anew.
        self.page.goto("about:blank")
        self.page.goto(link)
        self.page.locator("h1").wait_for()

    def check(self, name: str) -> None:
        """This page: one h1, no words cut off sideways, no axe violation; with a screenshot for who asks for it."""
        self.settle()
        expect(self.page.locator("h1")).to_have_count(1)
        self.shoot(name)
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide} px"
        found = Axe().run(self.page, options=RULES).response["violations"]
        told = [
            f"{name}: {violation['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for violation in found
            if violation["id"] not in STREAMLITS_OWN
            for node in violation["nodes"]
            # The parts of a date field are Streamlit's, and smaller than 24 pixels (streamlit.md).
            if not (violation["id"] == "target-size" and 'role="spinbutton"' in node["html"])
        ]
        assert told == [], "\n".join(told)

    def check_words(self) -> None:
        """Nothing on a Dutch page is said, or named, in English: what the library draws anew has its word a moment later."""
        for _ in range(20):
            english = {each for each in self.page.evaluate(SAID) if ENGLISH.search(each)}
            if not english:
                return
            self.page.wait_for_timeout(100)
        assert english == set(), f"{self.page.url} is Dutch and says {english}"

    def shoot(self, name: str) -> None:
        """The page from top to end, for who opens it (`SCREENSHOTS=1`): to draw them all takes minutes."""
        if not os.environ.get("SCREENSHOTS"):
            return
        size = self.page.viewport_size
        assert size
        height = self.page.evaluate("(document.querySelector('[data-testid=stMain]') ?? document.body).scrollHeight")
        self.page.set_viewport_size({"width": size["width"], "height": min(max(height + 80, size["height"]), FULL_PAGE_LIMIT)})
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=self.screenshots / f"{name}-{self.label}.png")
        self.page.set_viewport_size(size)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(known in message.text for known in HARMLESS):
            if self._elsewhere(message.location.get("url", "")) or self._looking(message):
                return
            if any(known in message.text for known in self.expected):
                return
            self.faults.append(f"console {message.type}: {message.text[:300]} at {message.location.get('url')}")

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)
        socket.on("close", lambda _: self._ended())

    def _sent(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).WhichOneof("type") == "rerun_script":
            self.asked = True

    def _received(self, frame: str | bytes) -> None:
        if not isinstance(frame, bytes):
            return
        message = ForwardMsg.FromString(frame)
        early = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN
        if message.WhichOneof("type") == "script_finished" and message.script_finished != early:
            self._ended()

    def _ended(self) -> None:
        self.asked = False

    def _request(self, request: Request) -> None:
        # The demo's identity provider is a library with a page of its own; ours ask nobody else.
        asked_by_us = request.frame.url.startswith(self.url)
        if (
            asked_by_us
            and not request.is_navigation_request()
            and not re.match(rf"({re.escape(self.url)}/|data:|blob:)", request.url)
        ):
            self.faults.append(f"asked elsewhere: {request.url}")

    def _looking(self, message: ConsoleMessage) -> bool:
        """On a deep link Streamlit looks for its server below that path first, and then at the root."""
        return bool(re.fullmatch(rf"{re.escape(self.url)}/\w+/_stcore/(health|host-config)", message.location.get("url", "")))

    def _elsewhere(self, url: str) -> bool:
        return bool(url) and not url.startswith(self.url + "/")
