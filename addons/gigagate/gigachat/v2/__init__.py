"""GigaChat's second chat API, POST /v2/chat/completions, behind the pivot."""
