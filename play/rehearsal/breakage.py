"""What breaks in the bot and is caught at its outer edges: the log alone tells of it."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager


class _Keeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            *_, last = traceback.extract_tb(error.__traceback__)
            self.kept.append(f"{record.getMessage()}: {error!r} in {last.name}, line {last.lineno}")


@contextmanager
def breakages() -> Iterator[list[str]]:
    """Every exception that is logged, as it comes."""
    keeper = _Keeper()
    logging.getLogger().addHandler(keeper)
    try:
        yield keeper.kept
    finally:
        logging.getLogger().removeHandler(keeper)
