"""The page at /: is the proxy well?  No mitmproxy."""
