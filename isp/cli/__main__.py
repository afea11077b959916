"""``python -m isp.cli``."""

from isp.cli import main

main()
