"""What is due and what is sent."""
