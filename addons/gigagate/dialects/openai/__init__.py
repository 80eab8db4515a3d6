"""OpenAI's API: chat completions, which are the pivot, and embeddings, models and files."""
