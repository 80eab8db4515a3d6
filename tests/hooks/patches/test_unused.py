"""Each case is a Python of its own: what is imported once stays imported."""

import subprocess
import sys

import pytest
from tests.support.proxy import ROOT

SPARED = ("ldap3", "flask", "werkzeug", "jinja2", "click")


def printed(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}"],
        env={"PYTHONPATH": str(ROOT / "addons")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


LEFT_OUT = "from gigagate.hooks.patches import unused; unused.leave_out()\n"
HERE = f"print([name for name in {SPARED} if name in sys.modules])\n"


def test_what_is_never_used_is_not_loaded() -> None:
    everything = "import mitmproxy.tools.main, mitmproxy.tools.dump\n"
    made = "from mitmproxy import addons; addons.default_addons()\n"
    assert printed(LEFT_OUT + everything + made + HERE) == "[]"
    assert printed(everything + HERE) != "[]"


@pytest.mark.parametrize(
    ("program", "answer"),
    [
        (
            "from mitmproxy.addons import maplocal; print(maplocal.safe_join('/folder', 'file'))",
            "/folder/file",
        ),
        ("from mitmproxy.addons import maplocal; print(maplocal.safe_join('/f', '..'))", "None"),
        (
            "from mitmproxy.addons import proxyauth; print(proxyauth.ldap3.Server.__name__)",
            "Server",
        ),
        (
            "import ldap3; from mitmproxy.addons import proxyauth\n"
            "print(ldap3.Server is proxyauth.ldap3.Server)",
            "True",
        ),
        (
            "import werkzeug.security as s; print(s.generate_password_hash.__name__)",
            "generate_password_hash",
        ),
        (
            "from mitmproxy.addons.onboardingapp import app; print(type(app).__name__)",
            "Flask",
        ),
        (
            "from mitmproxy.addons import onboarding\n"
            "head = {'REQUEST_METHOD': 'GET', 'wsgi.url_scheme': 'http', 'SERVER_NAME': 'mitm.it',"
            " 'SERVER_PORT': '80', 'PATH_INFO': '/nothing'}\n"
            "onboarding.app(head, lambda status, headers: print(status))",
            "404 NOT FOUND",
        ),
    ],
)
def test_what_is_used_after_all_is_the_real_one(program: str, answer: str) -> None:
    assert printed(LEFT_OUT + program) == answer


def test_a_name_that_mitmproxy_did_not_take_until_now_is_the_real_one() -> None:
    asked = (
        "from gigagate.hooks.patches import unused\n"
        "unused._TAKEN['werkzeug.security'] = ()\n"
        "unused.leave_out()\n"
        "from mitmproxy.addons import maplocal; print(maplocal.safe_join.__module__)"
    )
    assert printed(asked) == "werkzeug.security"


def test_what_is_imported_already_stays() -> None:
    assert printed("import ldap3\n" + LEFT_OUT + "print(sys.modules['ldap3'] is ldap3)") == "True"
    assert printed("import mitmproxy.addons\n" + LEFT_OUT + HERE) != "[]"
