import urllib.request
from contextlib import suppress

import psutil

from tests.support.site import Site, running_site
from tests.support.waiting import until


def _answers(site: Site) -> bool:
    try:
        return urllib.request.urlopen(f"{site.url}/health", timeout=5).read() == b"ok"
    except OSError:
        return False


def _child(site: Site, role: str) -> psutil.Process | None:
    """The supervisor's living child of a role."""
    for child in psutil.Process(site.process.pid).children():
        with suppress(psutil.NoSuchProcess):  # as a zombie is, too
            if role in child.cmdline():
                return child
    return None


def _family(site: Site) -> list[psutil.Process]:
    return psutil.Process(site.process.pid).children(recursive=True)


def test_the_site_comes_back_whichever_process_is_killed_and_ends_as_one(tmp_path):
    with running_site(tmp_path, LEYE_DEMO="1") as site:
        web = _child(site, "web")
        [serving] = web.children()
        serving.kill()
        until(lambda: serving not in web.children() and _answers(site))
        for role in ("web", "worker", "beat"):
            killed = _child(site, role)
            killed.kill()
            until(lambda role=role, killed=killed: _child(site, role) not in (None, killed))
        until(lambda: _answers(site) and len(_family(site)) == 4 and "Leye is at" in site.log)
        family = _family(site)
    assert [process for process in family if process.is_running()] == []
