"""What comes back once a letter has been sent: bounces, complaints, delivery events, and holiday notices."""
