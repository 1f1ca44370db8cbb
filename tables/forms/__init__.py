"""The official forms as data: one TOML file an edition, read by ``form``."""
