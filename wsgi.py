"""What a WSGI server loads: wsgi:app."""

from config import Settings
from isp import create_app
from isp.web.request_log import configure_logging

settings = Settings.read()
configure_logging(readable=not settings.production)
app = create_app(settings)
