"""The admin's panel at /admin: who is logged in, what is shown, what may be changed.

No mitmproxy.
"""
