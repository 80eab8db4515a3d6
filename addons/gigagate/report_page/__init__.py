"""Conversations as HTML: a report that opens from disk with no script in it; the panel's thread.

page.py          the report: conversations one below the other
compare.py       two conversations side by side
session.py       a conversation: its sums, curves, outline and thread
step.py          a step of it
tool.py          a call of a tool, with its result
prose.py         Markdown
plain.py         text that stays text
differences.py   two texts as one, with what has gone and come
sums.py          what a conversation has taken, thing by thing
curve.py         numbers of many steps as a picture
bar.py           a prompt's parts as a bar
"""
