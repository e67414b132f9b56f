"""The rules of the Lambda layer API, as pure functions: no pytest, no boto3, no clock, no id generator."""
