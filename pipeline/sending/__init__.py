"""From a frozen campaign to mail servers: copies, transports, the sender, the runner."""
