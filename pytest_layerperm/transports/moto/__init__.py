"""The rest of AWS, which moto answers, with layers read from our store."""
