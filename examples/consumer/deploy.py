"""Deploys a function with other accounts' layers."""

import io
import zipfile


class LayerNotShared(Exception):
    """A layer's owner has not shared it with this account; says whom to ask."""


def deploy(session, name, role_arn, layers):
    """Creates the function, or updates the layers of an existing one; returns its layers."""
    client = session.client("lambda")
    try:
        try:
            function = client.create_function(
                FunctionName=name,
                Runtime="python3.13",
                Handler="main.handler",
                Role=role_arn,
                Code={"ZipFile": code()},
                Layers=layers,
            )
        except client.exceptions.ResourceConflictException:
            function = client.update_function_configuration(FunctionName=name, Layers=layers)
    except client.exceptions.ClientError as error:
        message = error.response["Error"]["Message"]
        if "perform: lambda:GetLayerVersion on resource: " not in message:
            raise
        arn = message.partition("on resource: ")[2].partition(" ")[0]
        account = session.client("sts").get_caller_identity()["Account"]
        raise LayerNotShared(f"ask account {arn.split(':')[4]} to share {arn} with {account}") from error
    return [layer["Arn"] for layer in function.get("Layers", [])]


def execution_role(session, name):
    """The ARN of a role that functions can run as, created if it does not exist."""
    iam = session.client("iam")
    try:
        return iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:
        return iam.get_role(RoleName=name)["Role"]["Arn"]


def code():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("main.py", "def handler(event, context):\n    return event\n")
    return buffer.getvalue()
