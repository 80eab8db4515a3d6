"""The access token: memory, then a store shared by processes, then OAuth once."""
