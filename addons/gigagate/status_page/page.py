"""The status page: the state of the proxy as HTML, in English or Russian.

No build step and nothing from elsewhere: one template, one style sheet, a few lines of script that
renew the page's middle.  Every value is escaped, and the policy lets no other script run.
"""

import base64
import hashlib
import time
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from gigagate.status_page.setups import setups
from gigagate.status_page.texts import LANGUAGES, Texts

FOLDER = Path(__file__).parent
TEMPLATE = Template((FOLDER / "page.html").read_text(encoding="utf-8"))
STYLE = (FOLDER / "page.css").read_text(encoding="utf-8")
SCRIPT = (FOLDER / "page.js").read_text(encoding="utf-8")

ANY_KEY = "anything"
"""What may be written as the key where none is asked for."""
TOKEN_LIFE = 1800
"""Seconds; GigaChat v1."""
WITHOUT_END = ("settings", "certificate")
"""What opens GigaChat in place of a token of OAuth's."""


def _source(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": (
        f"default-src 'none'; style-src {_source(STYLE)}; "
        f"script-src {_source(SCRIPT)}; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "vary": "accept, accept-language",
}


def language(asked: str, accepted: str) -> str:
    """`asked` is ?lang=, `accepted` the Accept-Language header, by whose order we go."""
    if asked in LANGUAGES:
        return asked
    for entry in accepted.lower().split(","):
        name = entry.partition(";")[0].strip().partition("-")[0]
        if name in LANGUAGES:
            return name
    return "en"


def render(state: Mapping[str, Any], lang: str, form_token: str) -> str:
    return _Page(state, lang).render(form_token)


class _Page:
    def __init__(self, state: Mapping[str, Any], lang: str) -> None:
        self.state = state
        self.lang = lang
        self.texts: Texts = LANGUAGES[lang]
        self.several = [one for one in state["credentials"] if one["name"]]
        self.statistics: Mapping[str, Any] = state["statistics"] or {}

    def render(self, form_token: str) -> str:
        state = self.state
        return TEMPLATE.substitute(
            {f"t_{name}": escape(text) for name, text in self.texts.items()},
            lang=self.lang,
            style=STYLE,
            script=SCRIPT,
            version=escape(state["version"]),
            languages=self.languages(),
            upstream=escape(f"{state['upstream']} · {state['scope']}"),
            warnings=self.warnings(),
            form_token=escape(form_token),
            credentials=self.credentials(),
            recent=self.recent(),
            models=self.models(),
            rewrites=self.rewrites(),
            setups=self.setups(),
            mitmweb=self.mitmweb(),
            footer=self.footer(),
            **self.token(),
            **self.requests(),
            **self.tokens(),
        )

    def text(self, name: str) -> str:
        return escape(self.texts[name])

    def number(self, name: str) -> str:
        return grouped(self.statistics.get(name, 0))

    def languages(self) -> str:
        return " ".join(
            f'<a href="?lang={lang}"{" aria-current=page" * (lang == self.lang)}>{lang}</a>'
            for lang in LANGUAGES
        )

    def warnings(self) -> str:
        outages = self.state["outages"]
        told = [
            self.texts["away"].format(upstream=outage["upstream"], since=outage["since"])
            + f" {outage['message']}"
            for outage in outages
        ]
        known = [outage["message"] for outage in outages]
        told += [
            problem
            for problem in self.state["problems"]
            if not any(message in problem for message in known)
        ]
        error = self.state["token"]["last_error"]
        if error and not self.several and not any(error in one for one in told):
            told.append(error)
        if not self.state["tls_verified"]:
            told.append(self.texts["not_verified"])
        return "".join(f'<p class="warning">{escape(text)}</p>' for text in told)

    def token(self) -> dict[str, str]:
        away = {"mood": "bad", "state": self.text("trouble")}
        if several := self.several:
            used = sum(one["usable"] for one in several)
            well = self.ready(
                f"{used} / {len(several)}",
                self.text("credentials_used"),
                share=percent(used, len(several)),
            )
            return well | away if self.state["problems"] else well
        told = self.token_of_its_own()
        return told | away if self.state["outages"] or self.state["problems"] else told

    def token_of_its_own(self) -> dict[str, str]:
        token = self.state["token"]
        left = token["seconds_left"]
        if self.state["auth_mode"] == "passthrough":
            told = self.ready(self.text("of_clients"), self.text("of_clients_detail"))
            return told | {"no_refresh": "hidden"}
        if left is not None:
            source = self.text(f"from_{token['source']}")
            return self.ready(self.duration(left), source, share=percent(left, TOKEN_LIFE))
        if token["last_error"]:
            told = self.ready(self.text("fetched_later"), "")
            return told | {"mood": "bad", "state": self.text("trouble")}
        if token["source"] in WITHOUT_END:
            told = self.ready(self.text("without_end"), self.text(f"from_{token['source']}"))
            return told | {"no_refresh": "hidden"}
        told = self.ready(self.text("fetched_later"), self.text("fetched_later_detail"))
        return told | {"mood": "calm", "state": self.text("no_token")}

    def ready(self, left: str, detail: str, *, share: int = 0) -> dict[str, str]:
        """What the token's card says while all is well; share: percent of the meter."""
        return {
            "mood": "good",
            "state": self.text("ready"),
            "token_left": left,
            "token_percent": str(share),
            "token_detail": detail,
            "no_refresh": "",
        }

    def requests(self) -> dict[str, str]:
        return {
            "requests": self.number("requests"),
            "request_facts": self.facts(
                ("in_progress", str(self.state["in_progress"])),
                ("slots", f"{self.state['slots_in_use']} / {self.state['slots']}"),
                ("queue", str(self.state["queue_length"])),
                ("errors", self.number("errors")),
                ("retries", self.number("retries")),
                ("messages", self.number("messages")),
                ("converted", self.number("messages_converted")),
            ),
        }

    def tokens(self) -> dict[str, str]:
        prompt = self.statistics.get("tokens_prompt", 0)
        cached = self.statistics.get("tokens_cached", 0)
        completion = self.statistics.get("tokens_completion", 0)
        share = percent(cached, prompt)
        facts = [
            ("prompt", grouped(prompt)),
            ("cached", f"{grouped(cached)} · {share} %"),
            ("completion", grouped(completion)),
        ]
        if roubles := self.statistics.get("roubles"):
            facts.append(("roubles", f"{roubles:.2f} ₽"))
        return {
            "tokens": grouped(prompt + completion),
            "cached_percent": str(share),
            "token_facts": self.facts(*facts),
        }

    def facts(self, *facts: tuple[str, str]) -> str:
        return "".join(
            f"<dt>{self.text(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts
        )

    def recent(self) -> str:
        named = self.state["client_keys"]
        columns = ["time", *(["client"] if named else []), "model", "outcome", "tokens"]
        rows = []
        for one in self.state["recent"]:
            usage = one["tokens"]
            spent = f"{grouped(usage['prompt'])} + {grouped(usage['completion'])}" if usage else ""
            mood = "bad" if one["error"] else "good"
            outcome = one["error"] or one["finish_reason"] or "ok"
            cells = [f"<td>{time.strftime('%H:%M:%S', time.localtime(one['time']))}</td>"]
            if named:
                cells.append(f"<td>{escape(one['client'])}</td>")
            cells += [
                f"<td>{escape(one['model'] or one['path'][:40])}</td>",
                f'<td><span class="{mood}">{one["status"]}</span> {escape(outcome)}</td>',
                f'<td class="number">{spent}</td>',
                f'<td class="number">{self.milliseconds(one["ms"])}</td>',
                f'<td class="number">{one["notes"] or ""}</td>',
            ]
            rows.append("".join(cells))
        return self.table([*columns, "duration", "rewrites_short"], rows, "no_requests", numbers=3)

    def credentials(self) -> str:
        """A section of its own, where there are several."""
        rows = []
        for one in self.several:
            mood, state = ("good", "used") if one["usable"] else ("bad", "not_used")
            why = f" {escape(one['problem'])}" if one["problem"] else ""
            if one["lacks_models"]:
                why += f" {self.text('without')} {escape(', '.join(one['lacks_models']))}"
            days = one["certificate_days"]
            rows.append(
                f"<td>{escape(one['name'])}</td>"
                f'<td class="words"><span class="{mood}">{self.text(state)}</span>{why}</td>'
                f'<td class="number">{self.end_of_token(one["token"])}</td>'
                f'<td class="number">{"" if days is None else f"{days} {self.text('days')}"}</td>'
                f'<td class="number">{one["slots_in_use"]} / {one["slots"]}</td>'
            )
        if not rows:
            return ""
        columns = ["credential", "state", "token", "certificate", "slots"]
        table = self.table(columns, rows, "credentials", numbers=3)
        return f"<section><h2>{self.text('credentials')}</h2>{table}</section>"

    def end_of_token(self, token: Mapping[str, Any]) -> str:
        if token["seconds_left"] is not None:
            return self.duration(token["seconds_left"])
        return self.text("without_end" if token["source"] in WITHOUT_END else "fetched_later")

    def models(self) -> str:
        rows = [
            f"<td>{escape(name)}</td>"
            f'<td class="number">{grouped(sums["requests"])}</td>'
            f'<td class="number">{grouped(sums["tokens_prompt"] + sums["tokens_completion"])}</td>'
            for name, sums in self.statistics.get("models", {}).items()
        ]
        return self.table(["model", "requests", "tokens"], rows, "no_models", numbers=2)

    def rewrites(self) -> str:
        counted = self.statistics.get("rewrites", {})
        rows = [
            f'<td>{escape(kind)}</td><td class="number">{grouped(count)}</td>'
            for kind, count in sorted(counted.items(), key=lambda item: -item[1])
        ]
        return self.table(["kind", "count"], rows, "no_rewrites", numbers=1)

    def table(self, columns: list[str], rows: Iterable[str], empty: str, *, numbers: int) -> str:
        """The last `numbers` columns are to the right."""
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        if not body:
            return f'<div class="scroll"><p class="empty">{self.text(empty)}</p></div>'
        head = "".join(
            f"<th{' class=number' * (len(columns) - place <= numbers)}>{self.text(name)}</th>"
            for place, name in enumerate(columns)
        )
        return (
            f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>"
        )

    def cline(self) -> str:
        own = self.text("your_key")
        key = own if self.state["client_keys"] else f"<code>{ANY_KEY}</code>"
        values = (
            ("API Provider", "<code>OpenAI Compatible</code>"),
            ("Base URL", f"<code>{escape(self.state['base_url'])}</code>"),
            ("API Key", key),
            ("Model ID", f"<code>{escape(self.state['default_model'])}</code>"),
        )
        return "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in values)

    def setups(self) -> str:
        """Each client's settings behind a tab of its name, the first one's open."""
        root = self.state["base_url"].removesuffix("/v1")
        key = "YOUR_KEY" if self.state["client_keys"] else ANY_KEY
        found = setups(root, self.state["default_model"], self.state["light_model"], key)
        tabs = [self.tab("Cline", f'<table class="settings">{self.cline()}</table>', first=True)]
        for one in found:
            place = f"<p class=quiet><code>{escape(one.place)}</code></p>" if one.place else ""
            tabs.append(
                self.tab(
                    one.client,
                    f'{place}<pre tabindex="0">{escape(one.text)}</pre>'
                    f'<button type="button" class="copy">{self.text("copy")}</button>',
                )
            )
        return "".join(tabs)

    def tab(self, name: str, shown: str, *, first: bool = False) -> str:
        """Told apart by radio buttons, which need no script and know the arrow keys."""
        made = f"setup-{name.lower().replace(' ', '-')}"
        checked = " checked" * first
        return (
            f'<input type="radio" name="setup" id="{made}"{checked}>'
            f'<label for="{made}">{escape(name)}</label><div class="setup">{shown}</div>'
        )

    def mitmweb(self) -> str:
        if not (url := self.state["mitmweb"]):
            return f'<p class="quiet">{self.text("no_mitmweb")}</p>'
        link = f'<a href="{escape(url)}" rel="noreferrer">{escape(url)}</a>'
        return f'<p class="quiet">{self.text("mitmweb")} {link}. {self.text("mitmweb_note")}</p>'

    def footer(self) -> str:
        told = f"{self.text('running')} {self.duration(self.state['uptime_seconds'])}"
        if workers := self.state.get("workers"):
            told += f" · {self.text('workers')} {workers['running']} / {workers['wanted']}"
        return told

    def milliseconds(self, ms: int) -> str:
        if ms < 10_000:
            return f"{grouped(ms)} {self.text('milliseconds')}"
        return f"{ms / 1000:.1f} {self.text('seconds')}"

    def duration(self, seconds: int) -> str:
        minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
        if days:
            return f"{days} {self.text('days')} {hours % 24} {self.text('hours')}"
        if hours:
            return f"{hours} {self.text('hours')} {minutes % 60} {self.text('minutes')}"
        if minutes:
            return f"{minutes} {self.text('minutes')}"
        return f"{seconds} {self.text('seconds')}"


def grouped(number: float) -> str:
    """1234567 -> 1 234 567, with spaces that do not break."""
    return f"{number:,.0f}".replace(",", "\u00a0")


def percent(part: float, whole: float) -> int:
    return round(100 * min(part / whole, 1)) if whole else 0
