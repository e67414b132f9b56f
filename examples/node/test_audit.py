import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("httptools", reason="the live server needs pytest-layerperm[server]")

HERE = Path(__file__).parent

needs_node = pytest.mark.skipif(
    not (shutil.which("node") and (HERE / "node_modules").is_dir()),
    reason="needs Node.js, and the SDK: npm ci --prefix examples/node",
)


@pytest.fixture
def audit(layerperm_server):
    def run(layer, **environment):
        return subprocess.run(
            ["node", "--no-warnings", HERE / "audit.mjs", layer.name, str(layer.version)],
            env={**os.environ, **layerperm_server.env, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@needs_node
def test_a_public_layer_is_found(audit, layerperm):
    private, public = layerperm.publish_layer("private"), layerperm.publish_layer("public")
    private.grant("222222222222")
    public.grant("*")

    assert audit(private).stdout == "not public\n"
    assert audit(public).stdout == "public\n"


@needs_node
@pytest.mark.layerperm_throttle(times=None)
def test_a_throttle_is_not_good_news(audit, layerperm):
    public = layerperm.publish_layer("public")
    public.grant("*")

    audited = audit(public)

    assert (audited.returncode, audited.stderr) == (1, "TooManyRequestsException: Rate exceeded\n")
    assert audit(public, FIRST_DRAFT="1").stdout == "not public\n"  # The first draft's result.
