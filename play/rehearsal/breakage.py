"""What breaks in the bot and is caught at its outer edges: the log alone tells of it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Keeper(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.kept.append(f"{record.getMessage()}: {record.exc_info[1]!r}")


@contextmanager
def breakages() -> Iterator[list[str]]:
    """Every exception that is logged, as it comes."""
    keeper = _Keeper()
    logging.getLogger().addHandler(keeper)
    try:
        yield keeper.kept
    finally:
        logging.getLogger().removeHandler(keeper)
