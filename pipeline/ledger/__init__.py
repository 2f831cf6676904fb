"""The durable record: campaigns, their frozen audience, and what became of each delivery."""
