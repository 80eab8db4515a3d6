"""The report as a page: conversations as HTML that opens from disk, with no script in it.

page.py    the page
step.py    a step of a conversation
prose.py   Markdown-like text, shown as text
curve.py   numbers of many steps as a picture
"""
