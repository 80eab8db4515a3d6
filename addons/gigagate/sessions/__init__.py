"""Requests of one conversation found among many, and what happened in it step by step.

marks.py      messages as hashes, so that histories are compared by their length
prompt.py     a request taken apart, message by message
seen.py       one request and its answer, as plain values
reading.py    the same out of bytes
step.py       what is told of it
parts.py      where its prompt's tokens go
calls.py      what it called, and what came of that
finder.py     which conversation it belongs to
ties.py       signs that a client has summed its history up, or asked something beside it
session.py    a conversation: its totals, and calls made again and again
told.py       its steps in short, and what is worth a look
words.py      the words for it in English and Russian
anonymous.py  the same with its prose replaced
as_json.py    the same for programs
as_text.py    a step of it, for mitmweb and the console
"""
