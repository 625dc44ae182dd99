"""What was measured, kept as JSON: by part, with its day, its code, its rounds and the machine."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.alternate import Rounds

LATEST = Path(__file__).with_name("results") / "latest.json"


@dataclass(slots=True)
class Results:
    """Of one machine. `on`: the day and the code of each part."""

    machine: dict[str, str]
    parts: dict[str, Rounds] = field(default_factory=dict)
    on: dict[str, str] = field(default_factory=dict)

    def part(self, name: str) -> Rounds:
        return self.parts.get(name, {})

    def add(self, part: str, rounds: Rounds, on: str) -> None:
        self.parts[part] = {
            name: [{key: round(value, 4) for key, value in each.items()} for each in figures]
            for name, figures in rounds.items()
        }
        self.on[part] = on

    def write(self, file: Path = LATEST) -> None:
        file.parent.mkdir(exist_ok=True)
        document = {"machine": self.machine, "on": self.on, "parts": self.parts}
        file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read(file: Path = LATEST) -> Results | None:
    """None: nothing was kept."""
    if not file.is_file():
        return None
    document = json.loads(file.read_text(encoding="utf-8"))
    return Results(document["machine"], document["parts"], document["on"])


def begin(machine: dict[str, str], file: Path = LATEST) -> Results:
    """The parts that are kept, if they are of this very machine with these versions; else none."""
    kept = read(file)
    return kept if kept is not None and kept.machine == machine else Results(machine)
