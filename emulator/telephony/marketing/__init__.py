"""Where communications come from: sites, campaigns, visitors with their sessions, call-tracking numbers."""
