"""What processes share: a file for those of one machine, a Redis or Valkey server for many.

Tokens and slots say what they keep (`tokens/`, `slots/`); here is where, and what becomes of it
when that place fails.

sqlite_file.py   a database file
redis_server.py  a server
outage.py        one warning when a place fails, one line when it is back
"""
