"""Files that people read and write: reports as DOCX, lists and the register as XLSX and CSV, meetings as ICS. Values
in, bytes out."""

from collections.abc import Callable
from dataclasses import dataclass

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ICS = "text/calendar"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class File:
    """What is sent. `make` takes up to a tenth of a second, and needs neither the database nor this thread."""

    name: str
    media_type: str
    make: Callable[[], bytes]
