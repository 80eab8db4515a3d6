"""How does the proxy start, change its settings and end?"""
