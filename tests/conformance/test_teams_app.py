"""The Teams app package, opened again: Microsoft's schemas, its icons, its words, and that it is refused when wrong."""

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.cli import main
from bot.teams.manifest import SCHEMAS, App, WrongPackage, draw, package
from bot.teams_app import EVERYWHERE, PERSONAL, TAGS, words
from dialogs import commands
from dialogs.texts import languages, texts

SCHEMA_FILES = Path(__file__).parent / "teams_schemas"
APP_ID = "5d6f0000-0000-4000-8000-00000000aaaa"
PUBLIC_URL = "https://forum.example.org"
APP = App(APP_ID, "1.0.0", "Statsforvalteren i Nordland", PUBLIC_URL, PUBLIC_URL, PUBLIC_URL, PUBLIC_URL)
MOST_COMMANDS, LONGEST_TITLE = 10, 32  # what a client shows; the schema allows a little more


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ENV": "test", "APP_ID": APP_ID, "PUBLIC_URL": PUBLIC_URL}.items():
        monkeypatch.setenv(f"FORUMBOT_{name}", value)


def made(folder: Path, *options: str) -> dict[str, bytes]:
    """What stands in the file that the command writes."""
    out = folder / f"app{len(list(folder.iterdir()))}.zip"
    assert main(["teams-app", "--out", str(out), *options]) == 0
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def schema(name: str) -> jsonschema.Draft4Validator:
    found = json.loads((SCHEMA_FILES / f"{name}.json").read_text(encoding="utf-8-sig"))
    return jsonschema.Draft4Validator(found, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def faults(name: str, content: bytes) -> list[str]:
    return [error.message for error in schema(name).iter_errors(json.loads(content))]


@pytest.mark.parametrize("version", SCHEMAS)
def test_everything_keeps_to_microsofts_schemas(tmp_path: Path, version: str) -> None:
    content = made(tmp_path, "--schema", version)
    manifest = json.loads(content["manifest.json"])
    assert manifest["manifestVersion"] == version
    assert faults(version, content["manifest.json"]) == []
    for code in languages():
        assert faults(f"{version}.localization", content[f"{code}.json"]) == []


@pytest.mark.parametrize("version", SCHEMAS)
def test_the_schemas_object(tmp_path: Path, version: str) -> None:
    manifest = json.loads(made(tmp_path, "--schema", version)["manifest.json"])
    for wrong in (
        {**manifest, "colour": "blue"},
        {**manifest, "name": {"short": "x" * 31, "full": "x"}},
        {**manifest, "id": "forum"},
        {key: value for key, value in manifest.items() if key != "developer"},
    ):
        assert faults(version, json.dumps(wrong).encode()) != []
    assert faults(f"{version}.localization", b'{"bots[0].commandLists[9].commands[0].title": "x"}') != []


def test_channel_features_are_declared_where_the_server_asks_for_it(tmp_path: Path) -> None:
    """Without them, under 1.24, the app cannot be added to shared and private channels."""
    declared = {
        version: json.loads(made(tmp_path, "--schema", version)["manifest.json"]).get(
            "supportsChannelFeatures"
        )
        for version in SCHEMAS
    }
    assert declared == {"1.30": "tier1", "1.24": None}


def test_the_manifest_is_about_this_bot(tmp_path: Path) -> None:
    manifest = json.loads(made(tmp_path, "--app-version", "1.2.3")["manifest.json"])
    (bot,) = manifest["bots"]
    assert (manifest["id"], bot["botId"], manifest["version"]) == (APP_ID, APP_ID, "1.2.3")
    assert bot["scopes"] == ["personal", "team", "groupChat"]
    assert (bot["supportsFiles"], bot["isNotificationOnly"]) == (False, False)
    assert manifest["permissions"] == ["identity", "messageTeamMembers"]
    assert manifest["validDomains"] == ["forum.example.org"]
    assert manifest["developer"]["name"] == "Statsforvalteren i Nordland"


def test_every_file_that_is_named_is_there_and_nothing_else(tmp_path: Path) -> None:
    content = made(tmp_path)
    manifest = json.loads(content["manifest.json"])
    localized = manifest["localizationInfo"]
    named = [
        "manifest.json",
        *manifest["icons"].values(),
        localized["defaultLanguageFile"],
        *(each["file"] for each in localized["additionalLanguages"]),
    ]
    assert sorted(named) == list(content)
    tags = [
        localized["defaultLanguageTag"],
        *(each["languageTag"] for each in localized["additionalLanguages"]),
    ]
    assert tags == ["nb-no", "en", "nn-no"] == [TAGS[code] for code in languages()]


def test_languages_have_the_same_keys_and_the_default_is_that_of_the_manifest(tmp_path: Path) -> None:
    content = made(tmp_path)
    manifest, per_language = (
        json.loads(content["manifest.json"]),
        {code: json.loads(content[f"{code}.json"]) for code in languages()},
    )
    assert {frozenset(each) for each in per_language.values()} == {frozenset(per_language["nb"])}
    assert {key: found for key, found in per_language["nb"].items() if key != "$schema"} == dict(
        _translatable(manifest)
    )


def _translatable(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("name", "description"):
        yield from ((f"{name}.{which}", text) for which, text in manifest[name].items())
    for which, commands_ in enumerate(manifest["bots"][0]["commandLists"]):
        for place, command in enumerate(commands_["commands"]):
            for key, text in command.items():
                yield f"bots[0].commandLists[{which}].commands[{place}].{key}", text


@pytest.mark.parametrize("language", languages())
def test_what_stands_as_a_command_is_one_that_the_bot_understands(language: str) -> None:
    """Teams puts the title into the message as it stands."""
    said = words(texts(language))
    for names, listed in ((PERSONAL, said.personal), (EVERYWHERE, said.everywhere)):
        understood = [commands.exact(title, question_open=False) for title, _ in listed]
        assert [command.name for command in understood if command] == list(names)
        assert len(listed) <= MOST_COMMANDS
        assert [title for title, _ in listed if len(title) > LONGEST_TITLE] == []


@pytest.mark.parametrize("language", languages())
def test_examples_of_commands_are_understood(language: str) -> None:
    """`status 2023-REKOM-014` and the like, in the descriptions."""
    examples = [about.partition(": ")[2] for _, about in words(texts(language)).personal if ": " in about]
    assert len(examples) == 3
    assert [text for text in examples if commands.exact(text, question_open=False) is None] == []


@pytest.mark.parametrize("language", languages())
def test_the_name_is_what_the_letter_with_the_code_says_to_look_for(language: str) -> None:
    assert words(texts(language)).short_name in texts(language)("register.code.letter")


def test_the_package_is_the_same_to_the_byte_each_time(tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert main(["teams-app", "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    with zipfile.ZipFile(tmp_path / "one") as archive:
        stamps = {(entry.date_time, entry.compress_type) for entry in archive.infolist()}
    assert stamps == {((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)}


def test_what_is_there_already_is_not_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "app.zip"
    out.write_bytes(b"mine")
    assert main(["teams-app", "--out", str(out)]) == 1
    assert out.read_bytes() == b"mine"
    assert str(out) in capsys.readouterr().err


def test_addresses_that_are_not_given_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(tmp_path, "--json")
    assert json.loads(capsys.readouterr().out)["addresses_not_given"] == ["--website", "--privacy", "--terms"]
    pages = [
        part
        for name in ("website", "privacy", "terms")
        for part in (f"--{name}", f"https://example.org/{name}")
    ]
    manifest = json.loads(made(tmp_path, "--json", *pages)["manifest.json"])
    assert json.loads(capsys.readouterr().out)["addresses_not_given"] == []
    assert manifest["developer"]["privacyUrl"] == "https://example.org/privacy"


# What is refused


def refused(capsys: pytest.CaptureFixture[str], out: Path, *options: str) -> list[str]:
    assert main(["teams-app", "--out", str(out), *options]) == 1
    assert not out.exists()
    return capsys.readouterr().err.splitlines()


def test_missing_settings_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("APP_ID", "PUBLIC_URL"):
        monkeypatch.delenv(f"FORUMBOT_{name}")
    assert refused(capsys, tmp_path / "x.zip") == ["FORUMBOT_APP_ID: missing", "FORUMBOT_PUBLIC_URL: missing"]


def test_zeros_and_an_address_on_this_machine_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORUMBOT_APP_ID", "00000000-0000-0000-0000-000000000000")
    monkeypatch.setenv("FORUMBOT_PUBLIC_URL", "http://127.0.0.1:3978")
    assert refused(capsys, tmp_path / "x.zip") == [
        "FORUMBOT_APP_ID: is all zeros; give the id of the Entra registration",
        "FORUMBOT_PUBLIC_URL: must be an https address that people can reach",
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--app-version", "1.0"), "--app-version: '1.0' is not three numbers"),
        (("--app-version", "01.0.0"), "--app-version"),
        (("--developer", "x" * 33), "--developer: must have 1 to 32 characters, not 33"),
        (("--website", "http://example.org"), "--website: must be an https address"),
        (("--privacy", "example.org"), "--privacy: must be an https address"),
        (("--terms", "https://localhost/x"), "--terms: must be an https address"),
        (("--terms", "https://a:hemmelig@example.org"), "--terms: must be an https address"),
        (("--terms", "https://[::1/x"), "--terms: must be an https address"),
    ],
)
def test_wrong_options_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    (line,) = refused(capsys, tmp_path / "x.zip", *options)
    assert line.startswith(said)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    nothing = App("00000000-0000-0000-0000-000000000000", "", "", "", "a", "b", "c")
    default, *others = (words(texts(code)) for code in languages())
    with pytest.raises(WrongPackage) as wrong:
        package(nothing, default, tuple(others))
    assert len(str(wrong.value).splitlines()) == 7


# The icons


def picture(content: bytes) -> tuple[int, int, list[bytes]]:
    """Width, height and rows of a PNG of eight bits for red, green, blue and alpha, without filters."""
    width, height, *kind = struct.unpack(">IIBBBBB", content[16:29])
    assert (content[:8], kind) == (b"\x89PNG\r\n\x1a\n", [8, 6, 0, 0, 0])
    packed = b"".join(
        content[
            found.start() + 4 : found.start()
            + 4
            + struct.unpack(">I", content[found.start() - 4 : found.start()])[0]
        ]
        for found in re.finditer(b"IDAT", content)
    )
    raw, step = zlib.decompress(packed), 1 + 4 * width
    rows = [raw[start : start + step] for start in range(0, len(raw), step)]
    assert {row[0] for row in rows} == {0}
    return width, height, [row[1:] for row in rows]


@pytest.mark.parametrize(("name", "drawn"), [("color.png", draw.color), ("outline.png", draw.outline)])
def test_icons_are_what_is_drawn(tmp_path: Path, name: str, drawn: Any) -> None:
    assert picture(made(tmp_path)[name]) == picture(drawn())


def test_the_color_icon_covers_its_square(tmp_path: Path) -> None:
    width, height, rows = picture(made(tmp_path)["color.png"])
    assert (width, height) == (192, 192)
    assert {row[place] for row in rows for place in range(3, len(row), 4)} == {255}
    assert rows[0][:3] == bytes(draw.ACCENT)


def test_the_outline_icon_is_white_on_nothing(tmp_path: Path) -> None:
    width, height, rows = picture(made(tmp_path)["outline.png"])
    assert (width, height) == (32, 32)
    assert {row[place : place + 3] for row in rows for place in range(0, len(row), 4)} == {b"\xff\xff\xff"}
    alphas = {row[place] for row in rows for place in range(3, len(row), 4)}
    assert {0, 255} <= alphas
    assert rows[0][3] == 0
