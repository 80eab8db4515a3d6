"""One key's access to GigaChat: its token, its slots, its uploaded files.  No mitmproxy."""
