"""A whole year of the forum played in seconds: the real bot, the stand-in for Teams, and a clock that is moved."""
