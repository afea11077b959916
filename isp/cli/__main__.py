"""``python -m isp.cli``."""

from isp.cli.main import main

main()
