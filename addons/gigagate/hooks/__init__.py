"""The only place that knows mitmproxy: one concern a file, as mitmproxy's own addons are."""
