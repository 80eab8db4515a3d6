"""The proxy's state and statistics as text, for the command line and mitmproxy's console."""

from collections.abc import Mapping
from typing import Any

from gigagate.telemetry.log_line import duration
from gigagate.views.text import count

OF_CLIENTS = "each client brings its own key (GIGAGATE_AUTH_MODE=passthrough)"


NONE_YET = "none yet; it is fetched with the first request"
_WITHOUT_END: Mapping[str | None, str] = {
    "settings": "GIGACHAT_ACCESS_TOKEN, used until GigaChat refuses it",
    "certificate": "none needed: the client certificate opens GigaChat",
}
"""What opens GigaChat instead of a token of OAuth's."""


def status(state: Mapping[str, Any]) -> str:
    checked = "" if state["tls_verified"] else ", its certificate NOT checked"
    own_key = state["auth_mode"] == "shared"
    several = [one for one in state.get("credentials", ()) if one["name"]]
    lines = [
        f"GigaGate {state['version']}, running for {span(state['uptime_seconds'])}",
        f"  base URL   {state['base_url']}",
        f"  upstream   {state['upstream']} ({state['scope']}{checked})",
        *([] if several else [f"  token      {token(state['token']) if own_key else OF_CLIENTS}"]),
        *(f"  {one['name']:10} {credential(one)}" for one in several),
        f"  requests   {state['in_progress']} in progress",
        f"  slots      {state['slots_in_use']} of {state['slots']} in use, "
        f"{state['queue_length']} in the queue",
    ]
    lines += [f"  AWAY       {outage(one)}" for one in state.get("outages", ())]
    known = [one["message"] for one in state.get("outages", ())]
    lines += [
        f"  problem    {problem}"
        for problem in state.get("problems", ())
        if not any(message in problem for message in known)
    ]
    if workers := state.get("workers"):
        lines.append(f"  workers    {workers['running']} of {workers['wanted']} running")
    if state["mitmweb"]:
        lines.append(f"  mitmweb    {state['mitmweb']}")
    if recent := state["recent"]:
        lines += ["  last requests", *(f"    {_request(one)}" for one in recent[:5])]
    return "\n".join(lines)


def token(told: Mapping[str, Any]) -> str:
    if told["seconds_left"] is not None:
        return f"valid for {span(told['seconds_left'])} (from {told['source']})"
    return told["last_error"] or _WITHOUT_END.get(told.get("source"), NONE_YET)


def credential(told: Mapping[str, Any]) -> str:
    """One of several, in a line."""
    if told["usable"]:
        state = "used" if not told["problem"] else f"trouble: {told['problem']}"
    else:
        again = told["again_in_seconds"]
        state = f"NOT USED: {told['problem'] or 'it is away'}"
        state += f" Tried again in {again} s" if again else ""
    parts = [state, f"{told['slots_in_use']} of {told['slots']} slots in use"]
    if token(told["token"]) not in state:
        parts.append(f"token: {token(told['token'])}")
    if told["lacks_models"]:
        parts.append(f"without {', '.join(told['lacks_models'])} for now")
    if told["certificate_days"] is not None:
        parts.append(f"certificate: {told['certificate_days']} days left")
    return "; ".join(parts)


def outage(told: Mapping[str, Any]) -> str:
    return f"{told['upstream']}, since {told['since']}: {told['message']}"


def _request(one: Mapping[str, Any]) -> str:
    words = (str(one["status"]), one["model"] or one["path"], one["error"] or one["finish_reason"])
    return f"{' '.join(word for word in words if word)}, {duration(one['ms'] / 1000)}"


def statistics(sums: Mapping[str, Any]) -> str:
    lines = [
        f"requests     {sums['requests']}, {sums['errors']} failed, {sums['retries']} repeated",
        f"messages     {sums['messages']}, {sums['messages_converted']} converted",
        f"tokens       {sums['tokens_prompt']} prompt ({sums['tokens_cached']} cached), "
        f"{sums['tokens_completion']} completion",
        f"queue        {sums['queue_seconds']} s",
    ]
    if sums["roubles"]:
        lines.append(f"cost         {sums['roubles']:.2f} roubles")
    for key, title in (("dialects", "clients' APIs"), ("apis", "GigaChat's APIs")):
        if counted := sums.get(key):
            told = (f"{name}: {count(times, 'request')}" for name, times in counted.items())
            lines.append(f"{title:16} {', '.join(told)}")
    for title in ("models", "clients"):
        lines += [f"{title}", *(f"  {_tokens(name, of)}" for name, of in sums[title].items())]
    lines += ["rewrites", *(f"  {kind:20} {times}" for kind, times in sums["rewrites"].items())]
    return "\n".join(lines)


def _tokens(name: str, sums: Mapping[str, Any]) -> str:
    tokens = sums["tokens_prompt"] + sums["tokens_completion"]
    cost = f", {sums['roubles']:.2f} roubles" if sums["roubles"] else ""
    return f"{name:20} {count(sums['requests'], 'request')}, {count(tokens, 'token')}{cost}"


def span(seconds: int) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
