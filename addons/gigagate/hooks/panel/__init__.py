"""How does an admin run the proxy from a browser?"""
