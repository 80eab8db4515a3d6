"""One line a request: what was asked of whom, how it ended, tokens, time.  Never a prompt."""

import logging
import time

from mitmproxy import http
from mitmproxy.log import ALERT

from gigagate.core.report import Report, Usage
from gigagate.hooks.gateway import Gateway

logger = logging.getLogger(__name__)


class AccessLog:
    name = "gigagate.access_log"

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def response(self, flow: http.HTTPFlow) -> None:
        assert flow.response is not None
        self.log(flow, str(flow.response.status_code))

    def error(self, flow: http.HTTPFlow) -> None:
        self.log(flow, "client gone" if flow.error is None else flow.error.msg.rstrip("."))

    def log(self, flow: http.HTTPFlow, outcome: str) -> None:
        call = self.gateway.calls.get(flow)
        path = flow.request.path.partition("?")[0]
        words = [flow.request.method, path, outcome]
        if call is not None:
            words += _of_report(call.exchange.report)
        words.append(f"{(time.time() - flow.request.timestamp_start) * 1000:.0f} ms")
        logger.log(ALERT, " ".join(words))
        if call is not None:
            for note in call.exchange.notes:
                logger.info("  %s", note.text)


def _of_report(report: Report) -> list[str]:
    words = [report.model_answered or report.model_asked, report.finish_reason or report.error]
    if report.usage is not None:
        words.append(_tokens(report.usage))
    return [word for word in words if word]


def _tokens(usage: Usage) -> str:
    cached = f" ({usage.cached} cached)" if usage.cached else ""
    return f"{usage.prompt}{cached}+{usage.completion} tokens"
