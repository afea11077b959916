"""What a WSGI server loads: wsgi:app."""

from config import Settings
from isp import create_app

app = create_app(Settings.read())
