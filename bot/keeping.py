"""What `forumbot backup`, `restore` and `verify` do, and what they say about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dialogs.texts import Texts
from store import backups, checks
from store.backups import Faulty, Progress, Refused, Summary
from store.checks import Fault, Findings
from store.work import Store


@dataclass(frozen=True, slots=True)
class Outcome:
    """For people and for programs. `is_refused`: nothing was done; `is_failed`: that, or what was found is wrong."""

    text: str
    json: Mapping[str, Any]
    is_failed: bool = False
    is_refused: bool = False


async def backup(store: Store, path: Path, t: Texts, now: datetime, progress: Progress) -> Outcome:
    """Raises: StoreUnavailable. OSError."""
    try:
        made = await store.read(
            lambda connection: backups.write(connection, path, now=now, progress=progress)
        )
    except Refused as refused:
        return _refused(refused, t)
    rows, tables = sum(made.rows.values()), sum(count > 0 for count in made.rows.values())
    said = t("backup.done", file=path, rows=rows, tables=tables, at=made.made_at)
    return Outcome(f"{said}\n{t('backup.encrypt')}", _summary(path, made))


def restore(
    url: str, path: Path, t: Texts, now: datetime, progress: Progress, *, despite_faults: bool
) -> Outcome:
    """Raises: StoreUnavailable. OSError."""
    try:
        made, findings = backups.restore(url, path, now=now, progress=progress, despite_faults=despite_faults)
    except Refused as refused:
        return _refused(refused, t)
    except Faulty as faulty:
        return _faulty(faulty.findings, t)
    said = t("backup.restored", rows=sum(made.rows.values()), at=made.made_at)
    found = _findings(findings, t)
    return Outcome(f"{said}\n{found.text}", {**_summary(path, made), **found.json}, found.is_failed)


async def verify(store: Store, t: Texts) -> Outcome:
    """Raises: StoreUnavailable."""
    return _findings(await store.read(checks.verify), t)


def _refused(refused: Refused, t: Texts) -> Outcome:
    text = t(f"backup.refused.{refused.key}", **refused.details)
    return Outcome(text, {"refused": refused.key, "text": text}, is_failed=True, is_refused=True)


def _faulty(findings: Findings, t: Texts) -> Outcome:
    """What was loaded is wrong, and nothing is kept."""
    text, found = t("backup.refused.faulty"), _findings(findings, t)
    json = {"refused": "faulty", "text": text, **found.json}
    return Outcome(f"{found.text}\n{text}", json, is_failed=True, is_refused=True)


def _summary(path: Path, made: Summary) -> dict[str, Any]:
    return {
        "file": str(path),
        "made_at": made.made_at.isoformat(),
        "schema": made.revision,
        "database": made.database,
        "rows": dict(made.rows),
    }


def _findings(findings: Findings, t: Texts) -> Outcome:
    """What is wrong first, then how much was looked at."""
    wrong = [_in_words(fault, t) for fault in findings.faults]
    looked = [t(f"verify.checked.{name}", count=count) for name, count in findings.checked.items()]
    verdict = (
        [t("verify.faults", count=len(wrong)), *wrong, t("verify.what_to_do")] if wrong else [t("verify.ok")]
    )
    json = {
        "ok": not wrong,
        "checked": dict(findings.checked),
        "faults": [
            {"subject": fault.subject, "what": fault.what, **fault.details, "text": text}
            for fault, text in zip(findings.faults, wrong, strict=True)
        ],
    }
    return Outcome("\n".join([*verdict, *looked]), json, is_failed=bool(wrong))


def _in_words(fault: Fault, t: Texts) -> str:
    return t(f"verify.fault.{fault.what}", subject=fault.subject, **fault.details)
