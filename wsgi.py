from config import Settings
from isp import create_app

app = create_app(Settings.read())
