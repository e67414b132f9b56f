"""The rest of AWS, provided by moto, with layers from our store."""
