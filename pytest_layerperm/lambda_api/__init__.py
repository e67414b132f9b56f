"""The rules of the Lambda layer API, pure: no pytest, no boto3, no clock and no ids of its own."""
