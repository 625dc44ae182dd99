"""The Teams app package: a manifest, its words in each language, and two icons, in one zip file.

Built from plain values, the same to the byte each time. What Microsoft's schemas hold is held by the tests, against
copies of them; what only the one who builds it can get wrong is refused here.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from bot.teams.door import is_loopback
from domain.errors import Final

SCHEMAS = ("1.30", "1.24")  # the newest; and the last that keeps the app out of shared and private channels
_SCHEMA_URL = "https://developer.microsoft.com/json-schemas/teams/v{}/MicrosoftTeams{}.schema.json"
_NOBODY = "00000000-0000-0000-0000-000000000000"
_ACCENT = "#1B4F72"
_ICONS = ("color.png", "outline.png")
_VERSION = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")
_MOST_DEVELOPER = 32
_STAMP = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows
_READABLE = 0o644 << 16

File = tuple[str, bytes]


class WrongPackage(Final):
    """One line for each thing that must be put right before a package can be made."""


@dataclass(frozen=True, slots=True)
class App:
    """What differs from one installation to another. Addresses are https; `public_url` is the bot's own."""

    app_id: str
    version: str
    developer: str
    public_url: str
    website: str
    privacy: str
    terms: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words in one language. Commands are (what is typed, what it does); `everywhere`: in channels and groups."""

    tag: str  # `nn-no`
    short_name: str
    full_name: str
    short_description: str
    full_description: str
    personal: tuple[tuple[str, str], ...]
    everywhere: tuple[tuple[str, str], ...]

    @property
    def file(self) -> str:
        return f"{self.tag.partition('-')[0]}.json"


def package(app: App, default: Words, others: tuple[Words, ...], *, schema: str = SCHEMAS[0]) -> bytes:
    """The zip file. `default` is the language of the manifest itself.

    Raises: WrongPackage - with everything that is wrong with `app`.
    """
    if wrong := tuple(_wrong(app)):
        raise WrongPackage("\n".join(wrong))
    every = (default, *others)
    made: list[File] = [
        ("manifest.json", _dump(manifest(app, default, others, schema=schema))),
        *((words.file, _dump(_localization(words, schema))) for words in every),
        *((name, files(__name__).joinpath(name).read_bytes()) for name in _ICONS),
    ]
    return _zipped(made)


def _wrong(app: App) -> Iterator[str]:
    if app.app_id == _NOBODY:
        yield "FORUMBOT_APP_ID: is all zeros; give the id of the Entra registration"
    if not _VERSION.fullmatch(app.version):
        yield f"--app-version: {app.version!r} is not three numbers such as 1.0.0"
    if not 0 < len(app.developer) <= _MOST_DEVELOPER:
        yield f"--developer: must have 1 to {_MOST_DEVELOPER} characters, not {len(app.developer)}"
    if not _is_public(app.public_url):
        yield "FORUMBOT_PUBLIC_URL: must be an https address that people can reach"
    for name in ("website", "privacy", "terms"):
        url: str = getattr(app, name)
        if url != app.public_url and not _is_public(url):
            yield f"--{name}: must be an https address that people can reach"


def _is_public(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "https" and "." in host and not is_loopback(host) and not parts.username


def manifest(app: App, default: Words, others: tuple[Words, ...], *, schema: str) -> dict[str, Any]:
    """manifest.json."""
    made: dict[str, Any] = {
        "$schema": _SCHEMA_URL.format(schema, ""),
        "manifestVersion": schema,
        "version": app.version,
        "id": app.app_id,
        "developer": {
            "name": app.developer,
            "websiteUrl": app.website,
            "privacyUrl": app.privacy,
            "termsOfUseUrl": app.terms,
        },
        "name": {"short": default.short_name, "full": default.full_name},
        "description": {"short": default.short_description, "full": default.full_description},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": _ACCENT,
        "bots": [
            {
                "botId": app.app_id,
                "scopes": ["personal", "team", "groupChat"],
                "isNotificationOnly": False,
                "supportsFiles": False,
                "commandLists": [
                    {"scopes": ["personal"], "commands": _commands(default.personal)},
                    {"scopes": ["team", "groupChat"], "commands": _commands(default.everywhere)},
                ],
            }
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(app.public_url).hostname],
        "localizationInfo": {
            "defaultLanguageTag": default.tag,
            "defaultLanguageFile": default.file,
            "additionalLanguages": [{"languageTag": words.tag, "file": words.file} for words in others],
        },
    }
    if schema != "1.24":
        made["supportsChannelFeatures"] = "tier1"  # the server asks for it from 1.25 on; no schema says so
    return made


def _commands(commands: tuple[tuple[str, str], ...]) -> list[Mapping[str, str]]:
    return [{"title": title, "description": about} for title, about in commands]


def _localization(words: Words, schema: str) -> dict[str, str]:
    made = {
        "$schema": _SCHEMA_URL.format(schema, ".Localization"),
        "name.short": words.short_name,
        "name.full": words.full_name,
        "description.short": words.short_description,
        "description.full": words.full_description,
    }
    for which, commands in enumerate((words.personal, words.everywhere)):
        for place, (title, about) in enumerate(commands):
            key = f"bots[0].commandLists[{which}].commands[{place}]"
            made |= {f"{key}.title": title, f"{key}.description": about}
    return made


def _dump(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _zipped(content: list[File]) -> bytes:
    """Stored, not compressed: how a machine compresses is its own."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, text in sorted(content):
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.create_system, entry.external_attr = 3, _READABLE
            archive.writestr(entry, text)
    return made.getvalue()
