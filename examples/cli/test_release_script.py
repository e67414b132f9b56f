import os
import shutil
import subprocess
from pathlib import Path

import pytest

from pytest_layerperm import assert_layer_public

SCRIPT = Path(__file__).with_name("release.sh")

pytest.importorskip("httptools", reason="the live server needs pytest-layerperm[server]")
needs_tools = pytest.mark.skipif(
    not (shutil.which("aws") and shutil.which("curl") and shutil.which("bash")),
    reason="the script needs bash, curl and the AWS CLI",
)


@needs_tools
@pytest.mark.layerperm_throttle(times=2, operation="AddLayerVersionPermission")
def test_the_script_shares_in_four_regions(layerperm, layerperm_server, tmp_path):
    archive = tmp_path / "layer.zip"
    shutil.make_archive(str(archive.with_suffix("")), "zip", Path(__file__).parent)

    done = subprocess.run(
        ["bash", SCRIPT, "shared-deps", archive],
        env={**os.environ, **layerperm_server.env},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    for arn in done.stdout.split():
        assert_layer_public(layer=arn)
    assert {layer.region_name for layer in layerperm.layers} == {
        "us-east-1",
        "eu-west-1",
        "ap-southeast-2",
        "sa-east-1",
    }
    assert layerperm.calls.attempts("AddLayerVersionPermission") == 4 + 2
    copies = [
        layerperm.client(region_name=layer.region_name).get_layer_version_by_arn(Arn=layer.arn)["Content"]["CodeSha256"]
        for layer in layerperm.layers
    ]
    assert len(set(copies)) == 1  # The copy in the fourth region is the same archive, byte for byte.
