import boto3


def share(layer_version_arn, account_id):
    layer_arn, _, version = layer_version_arn.rpartition(":")
    boto3.client("lambda").add_layer_version_permission(
        LayerName=layer_arn,
        VersionNumber=int(version),
        StatementId=f"account-{account_id}",
        Action="lambda:GetLayerVersion",
        Principal=account_id,
    )
