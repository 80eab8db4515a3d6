"""Anthropic's Messages API: what Claude Code, Claude Desktop and Anthropic's SDKs speak.

A request becomes a chat completion (`asked`, `conversation`, `blocks`, `tools`, `parameters`,
`names`), and the answer a message: whole (`message`) or as events (`writer`).
"""
