"""Stacks from the command line: their templates go to S3 on the live server, their changes are change sets."""

import pytest

pytest.importorskip("uvicorn", reason="the live server needs the extra 'server'")
pytest.importorskip("httptools", reason="the live server needs the extra 'server'")
pytest.importorskip("openapi_spec_validator", reason="CloudFormation needs moto[cloudformation]")

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Partner: {Type: String, Default: "222222222222"}
Resources:
  Deps:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: layer/
      RetentionPolicy: Delete
  Share:
    Type: AWS::Lambda::LayerVersionPermission
    Properties:
      Action: lambda:GetLayerVersion
      LayerVersionArn: !Ref Deps
      Principal: !Ref Partner
"""


def test_package_and_deploy(aws_cli, layerperm, tmp_path):
    """The calls of ``sam package`` and ``sam deploy``: publish, share; then new content for another partner."""
    layerperm.session().client("s3").create_bucket(Bucket="assets")
    code = tmp_path / "layer" / "python" / "deps.py"
    code.parent.mkdir(parents=True)
    given, packaged = tmp_path / "template.yaml", tmp_path / "packaged.yaml"
    given.write_text(TEMPLATE)
    for version, partner in ((1, "222222222222"), (2, "333333333333")):
        code.write_text(f"VERSION = {version}\n")
        for arguments in (
            ["package", "--template-file", given, "--output-template-file", packaged],
            [
                "deploy",
                "--template-file",
                packaged,
                "--stack-name",
                "layers",
                "--capabilities",
                "CAPABILITY_AUTO_EXPAND",
            ],
        ):
            if arguments[0] == "deploy":
                arguments += ["--force-upload", "--parameter-overrides", f"Partner={partner}"]
            done = aws_cli.run("cloudformation", *arguments, "--s3-bucket", "assets")
            assert done.returncode == 0, done.stderr
        (layer,) = layerperm.layers
        assert layer.version == version
        (statement,) = layer.policy["Statement"]
        assert statement["Principal"] == {"AWS": f"arn:aws:iam::{partner}:root"}
