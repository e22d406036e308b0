"""Rate limits, by the asker's address."""

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=["1200 per minute"], headers_enabled=False)
logins = limiter.limit("30 per minute; 300 per hour")
"""On whatever tries a code or a password."""
