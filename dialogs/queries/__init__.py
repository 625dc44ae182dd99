"""One file per question that people can ask, each with one QUERY."""
