"""Requests of one conversation found among many, and what happened in it step by step.

marks.py      messages as hashes, so that histories are compared by their length
seen.py       one request and its answer, as plain values
step.py       what is told of it
parts.py      where its prompt's tokens go
calls.py      what it called, and what came of that
finder.py     which conversation it belongs to
ties.py       signs that a client has summed its history up, or asked something beside it
session.py    a conversation: its totals, and calls made again and again
anonymous.py  the same with its prose replaced
as_json.py    the same for programs
"""
