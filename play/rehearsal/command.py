"""`forumbot rehearse`."""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from pathlib import Path

from dialogs.texts import Texts, languages, texts
from domain.calendar import planned_year
from domain.demo import demo_register
from domain.forum import load_forum
from play.rehearsal.report import as_json, as_text
from play.rehearsal.stage import FORUM
from play.rehearsal.verdict import faults
from play.rehearsal.year import Played, play_year

FAILED = 1


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    rehearse = commands.add_parser(
        "rehearse",
        help="spill et helt år på noen sekunder, og se at alt kommer fram til rett tid",
        description="Spiller året med den ekte boten, en klokke som flyttes, og prøvestedet i stedet for Teams.",
    )
    rehearse.add_argument("--year", type=int, required=True, metavar="ÅR")
    rehearse.add_argument("--seed", type=int, default=1, metavar="N", help="samme tall gir samme år (1)")
    rehearse.add_argument("--json", action="store_true", help="ett JSON-dokument og ikke noe annet")
    rehearse.add_argument("--language", choices=languages(), help="språket i svaret")
    rehearse.set_defaults(run=run_rehearsal)


def run_rehearsal(arguments: argparse.Namespace) -> int:
    t = texts(arguments.language)
    if not _is_planned(arguments.year):
        print(t("calendar.no_year", year=arguments.year), file=sys.stderr)
        return FAILED
    logging.getLogger().addHandler(logging.NullHandler())  # what goes wrong is wanted, and told in the end
    with tempfile.TemporaryDirectory(prefix="forumbot-") as folder:
        played = asyncio.run(
            play_year(Path(folder), demo_register(load_forum(FORUM)), arguments.year, arguments.seed)
        )
    print(_told(played, arguments, t))
    return FAILED if faults(played) else 0


def _is_planned(year: int) -> bool:
    try:
        planned_year(FORUM, year)
    except ValueError:
        return False
    return True


def _told(played: Played, arguments: argparse.Namespace, t: Texts) -> str:
    if arguments.json:
        return json.dumps(as_json(played, t.language), ensure_ascii=False)
    return as_text(played, t)
