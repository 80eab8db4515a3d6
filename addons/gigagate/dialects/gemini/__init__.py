"""Google's Gemini API: what Gemini CLI and Google's SDKs speak.

A request becomes a chat completion (`asked`, `conversation`, `parts`, `tools`, `schema`,
`parameters`, `names`), and the answer one candidate: whole, or piece by piece (`candidate`,
`writer`).
"""
