"""The pictures of docs/staff.md and its nynorsk twin: what a case officer sees. `make pictures` takes them anew."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, ViewportSize, expect

from dialogs.texts import Texts, texts
from tests.browser.hand import Hand
from tests.browser.palette import with_palette
from tests.browser.stage import PROGRAM, chromium, stand_in

DOCS = Path(__file__).parents[2] / "docs"
FOLDERS: Mapping[str, Path] = {"nb": DOCS / "pictures", "nn": DOCS / "pictures" / "nn"}
ROOM: ViewportSize = {"width": 690, "height": 1200}  # one person alone, and no card has to scroll
SHARPNESS = 2  # as on most screens

STAFF = "Sekretariat for samarbeidsforum"
CASE = "2023-DEKOM-001"
TITLES: Mapping[str, str] = {
    "eier-fauske": "Lesing i alle fag",
    "eier-rana": "Realfag ute og inne",
    "eier-sortland": "Språk og lek i barnehagen",
}
WRITTEN: Mapping[str, Mapping[str, str]] = {
    "nb": {
        "evidence": "Fortell hva kartleggingen viser, ikke bare at den er gjort.",
        "goal": "Skriv hva elevene skal kunne da, som de ikke kan nå.",
        "extension": "Kontakten har vært syk i januar.",
        "role": "Hun overtar som kontakt for Bodø kommune.",
    },
    "nn": {
        "evidence": "Fortel kva kartlegginga viser, ikkje berre at ho er gjord.",
        "goal": "Skriv kva elevane skal kunne då, som dei ikkje kan no.",
        "extension": "Kontakten har vore sjuk i januar.",
        "role": "Ho tek over som kontakt for Bodø kommune.",
    },
}


class Album:
    """What the secretariat asks and writes in one language, and a picture of each card that comes of it."""

    def __init__(self, hand: Hand, t: Texts) -> None:
        self.hand, self.t = hand, t
        self.written, self.folder = WRITTEN[t.language], FOLDERS[t.language]

    def fill(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.hand.arrives("sekretariat")
        expect(self.cards.filter(has_text="2023-DEKOM-")).to_have_count(len(TITLES))  # told without asking
        self.hand.says(STAFF, f"språk {self.t.language}")
        self.ask("help")
        self.keep("menu")
        self.ask("status")
        self.keep("round")
        self.ask("frames", "dekom 2023")
        self.keep("frames")
        self.ask("status", CASE)
        self.keep("case")
        self.send_back()
        self.ask("history", CASE)
        self.keep("history")
        self.extend()
        self.give_a_role()

    def send_back(self) -> None:
        t = self.t
        evidence, goal = (t(f"needs_report.field.{field}.label") for field in ("need_evidence", "goal"))
        self.ask("send_back", CASE)
        self.field(evidence).check()
        self.field(goal).check()
        self.press("button.next")
        self.field(t("send_back.field.reason.label", partner=evidence)).fill(self.written["evidence"])
        self.field(t("send_back.field.reason.label", partner=goal)).fill(self.written["goal"])
        self.keep("send_back")
        self.press("button.next")
        self.field(t("send_back.field.answer_by_on.label")).fill("15. mars")
        self.press("send_back.submit")

    def extend(self) -> None:
        self.ask("extend")
        self.field(self.t("extension.field.owner.label")).select_option(label="Bodø kommune")
        self.field(self.t("extension.field.deadline_on.label")).fill("8. februar")
        self.field(self.t("extension.field.why.label")).fill(self.written["extension"])
        self.keep("extension")

    def give_a_role(self) -> None:
        self.ask("role")
        label = {field: self.t(f"register.role_card.{field}") for field in ("person", "kind", "where", "why")}
        self.field(label["person"]).fill("eier-bodo-2")
        self.field(label["kind"]).select_option("owner_contact")
        self.field(label["where"]).fill("1804")
        self.field(label["why"]).fill(self.written["role"])
        self.keep("role")

    @property
    def cards(self) -> Locator:
        return self.hand.pane(STAFF).locator(".card")

    def ask(self, command: str, about: str = "") -> None:
        before = self.cards.count()
        self.hand.says(STAFF, f"{self.t.words(f'command.{command}')[0]} {about}".strip())
        expect(self.cards).to_have_count(before + 1)

    def field(self, label: str) -> Locator:
        return self.hand.card(STAFF).get_by_label(label, exact=True)

    def press(self, button: str) -> None:
        before = self.hand.card(STAFF).inner_text()
        self.hand.presses(STAFF, self.t(button))
        expect(self.hand.card(STAFF)).not_to_have_text(before, use_inner_text=True)

    def keep(self, name: str) -> None:
        self.hand.page.mouse.move(0, 0)
        self.hand.page.evaluate("document.activeElement.blur()")
        taken = self.hand.card(STAFF).screenshot()
        (self.folder / f"{name}.png").write_bytes(with_palette(taken))


def file_reports(address: str) -> None:
    """Three owners file the report of docs/examples, each with a title of its own."""
    report = (DOCS / "examples" / "dekom.txt").read_text(encoding="utf-8")
    for owner, title in TITLES.items():
        command = [str(PROGRAM), "chat", "--as", owner, "--port", str(urlsplit(address).port)]
        typed = report.replace("Lesing i alle fag", title, 1)
        subprocess.run(
            command, input=typed, text=True, encoding="utf-8", check=True, stdout=subprocess.DEVNULL
        )


def take(browser: Browser, t: Texts) -> None:
    with stand_in() as address:
        file_reports(address)
        page = browser.new_page(
            base_url=address,
            viewport=ROOM,
            device_scale_factor=SHARPNESS,
            color_scheme="light",
        )
        Album(Hand(page), t).fill()


if __name__ == "__main__":
    with chromium() as browser:
        for language in FOLDERS:
            take(browser, texts(language))
