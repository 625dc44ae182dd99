"""One script per change of the schema, by number. A script that has been released is not changed."""
