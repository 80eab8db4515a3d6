"""OpenAI's Responses API: what Codex, the Agents SDK and Vercel's AI SDK speak.

A request becomes a chat completion (`asked`, `items`, `parts`, `tools`, `parameters`), and the
answer a response: an object (`resource`, `output`) or a stream of events (`writer`).  What later
requests refer to is kept (`kept`), long conversations are made short (`compaction`), and Codex is
told what the models can do (`catalogue`).
"""
