"""The cases and everything about them, kept: tables, transactions, queries, outbox."""
