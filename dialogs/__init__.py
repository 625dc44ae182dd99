"""What is asked, said and shown; one turn of a conversation."""
