"""Addons of mitmproxy's that do nothing as long as an option of theirs is empty.

Two thirds of its handlers of a request are such; MapLocal even works out the request's URL first.
"""

from mitmproxy.addons.anticache import AntiCache
from mitmproxy.addons.anticomp import AntiComp
from mitmproxy.addons.blocklist import BlockList
from mitmproxy.addons.maplocal import MapLocal
from mitmproxy.addons.mapremote import MapRemote
from mitmproxy.addons.modifybody import ModifyBody
from mitmproxy.addons.modifyheaders import ModifyHeaders
from mitmproxy.addons.onboarding import Onboarding
from mitmproxy.addons.proxyauth import ProxyAuth
from mitmproxy.addons.save import Save
from mitmproxy.addons.savehar import SaveHar
from mitmproxy.addons.stickyauth import StickyAuth
from mitmproxy.addons.stickycookie import StickyCookie
from mitmproxy.addons.upstream_auth import UpstreamAuth
from mitmproxy.options import Options

NEEDED_FOR: dict[type, str] = {
    AntiCache: "anticache",
    AntiComp: "anticomp",
    BlockList: "block_list",
    MapLocal: "map_local",
    MapRemote: "map_remote",
    ModifyBody: "modify_body",
    ModifyHeaders: "modify_headers",
    Onboarding: "onboarding",
    ProxyAuth: "proxyauth",
    Save: "save_stream_file",
    SaveHar: "hardump",
    StickyAuth: "stickyauth",
    StickyCookie: "stickycookie",
    UpstreamAuth: "upstream_auth",
}
"""The addon -> its option."""

EVENTS = ("requestheaders", "request", "responseheaders", "response", "error")


def is_idle(addon: object, event: str, options: Options) -> bool:
    name = NEEDED_FOR.get(type(addon), "")
    return name in options and event in EVENTS and not getattr(options, name)
