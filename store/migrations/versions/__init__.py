"""One script per change of the schema, in the order of their numbers. A script that has been released is not changed."""
