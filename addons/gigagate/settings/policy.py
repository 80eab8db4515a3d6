"""The settings that translation obeys, as the plain values it knows."""

from gigagate.core import key_owner
from gigagate.core.file_policy import FilePolicy
from gigagate.core.policy import Policy
from gigagate.settings.schema import Settings


def policy(settings: Settings, link_key: bytes = b"", seal_key: bytes = b"") -> Policy:
    """link_key: the key that signs links to pictures, where any are made.
    seal_key: the key of what clients carry sealed."""
    return Policy(
        aliases=settings.models.aliases,
        default_model=settings.models.default,
        light_model=settings.models.light,
        models=settings.models.table,
        embedding_model=settings.models.embeddings,
        embeddings_batch=settings.models.embeddings_batch,
        unknown_models=settings.models.unknown,
        strict=settings.strict,
        prompt_cache=settings.prompt_cache,
        reasoning=settings.reasoning,
        json_modes=settings.structured_output,
        api=settings.upstream.api,
        apis=settings.upstream.api_of_models,
        builtin_tools=settings.tools.builtin,
        source_links=settings.tools.source_links,
        files=FilePolicy(
            fetch_urls=settings.images.allow_urls,
            max_image_bytes=settings.images.max_bytes,
            generated=settings.images.generated,
            link_key=link_key,
        ),
        seal_key=seal_key,
        key_owner=(
            key_owner.OF_KINDS[settings.login.kind]
            if settings.auth_mode == "shared"
            else key_owner.CLIENT
        ),
    )
