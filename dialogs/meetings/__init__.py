"""The meetings of the year in chat: what staff do about them, and what those who are invited answer."""
