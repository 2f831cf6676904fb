"""Looking over everything that decides whether letters arrive: settings, machine, DNS, server, public address."""
