"""What `forumbot teams-app` does: the app package out of the settings, the forum and the texts of the bot."""

from importlib.metadata import version
from pathlib import Path

from bot.keeping import Outcome
from bot.settings import Settings
from bot.teams.manifest import App, Words, package
from dialogs.texts import Texts, languages, texts
from domain.forum import load_forum

TAGS = {"nb": "nb-no", "nn": "nn-no", "en": "en"}
PERSONAL = (
    *("new", "continue", "my_cases", "status", "frames", "deadlines", "paper", "list", "language", "help"),
)
EVERYWHERE = ("help",)  # in channels and groups the bot says where it can be talked to, and nothing else


def build(
    settings: Settings,
    t: Texts,
    out: Path,
    *,
    schema: str,
    app_version: str | None = None,
    developer: str | None = None,
    website: str | None = None,
    privacy: str | None = None,
    terms: str | None = None,
) -> Outcome:
    """Write the package. Addresses that are not given are the bot's own, which is said.

    Raises: WrongSettings, WrongPackage. OSError - the file cannot be written.
    """
    settings.require("app_id", "public_url")
    own = str(settings.public_url)
    app = App(
        app_id=str(settings.app_id),
        version=app_version or version("forumbot"),
        developer=developer or load_forum(settings.forum).county_governor,
        public_url=own,
        website=website or own,
        privacy=privacy or own,
        terms=terms or own,
    )
    default, *others = (words(texts(code)) for code in languages())
    made = package(app, default, tuple(others), schema=schema)
    try:
        with out.open("xb") as file:
            file.write(made)
    except FileExistsError:
        return Outcome(t("teams_app.exists", file=out), {"file": str(out)}, is_failed=True, is_refused=True)
    given = {"--website": website, "--privacy": privacy, "--terms": terms}
    missing = tuple(name for name, url in given.items() if not url)
    said = t("teams_app.done", file=out, version=app.version, schema=schema)
    if missing:
        said = f"{said}\n{t('teams_app.addresses', names=t.listed(missing), url=own)}"
    told = {"file": str(out), "schema": schema, "version": app.version, "addresses_not_given": list(missing)}
    return Outcome(said, told)


def words(t: Texts) -> Words:
    """The words of a language. What stands as a command is what the bot suggests, so that it is understood."""
    return Words(
        tag=TAGS[t.language],
        short_name=t("teams_app.short_name"),
        full_name=t("teams_app.full_name"),
        short_description=t("teams_app.short_description"),
        full_description=t("teams_app.full_description"),
        personal=_commands(t, PERSONAL),
        everywhere=_commands(t, EVERYWHERE),
    )


def _commands(t: Texts, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((t.words(f"command.{name}")[0], t(f"teams_app.command.{name}")) for name in names)
