"""GigaChat's first chat API, POST /v1/chat/completions, behind the pivot."""
