"""The SEN2 message: its shape, its years, reading and writing it, and its rules. Pure."""
