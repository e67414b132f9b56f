"""The threads of the live server's slow responses."""

import threading

from pytest_layerperm.transports.server.workers import Workers
from tests.limits import LIMIT


def test_work_that_is_cancelled_before_it_begins_is_not_done():
    """Its client is gone; the next work is done by the same thread."""
    workers, go_on = Workers(1), threading.Event()
    busy = workers.submit(go_on.wait, LIMIT)
    cancelled, last = workers.submit(lambda: 1 / 0), workers.submit(threading.get_ident)
    assert cancelled.cancel()
    go_on.set()
    assert busy.result(LIMIT) is True
    assert last.result(LIMIT) != threading.get_ident()
