"""Files on their way to GigaChat and back: the part that talks to the network.  It blocks.

client.py    GigaChat's /files, with our token
fetch.py     files that a client names by their address, and nothing of ours with them
uploads.py   each content uploaded once
link_key.py  the key that signs links to pictures
"""
