"""The live server: the same fake behind a real HTTP port on loopback."""
