"""Who did or saw what: the events, the chains they are sealed into, and the walk that checks them.

Must stay true: every change and every view of a child's record is one event per chain touched, written
in the transaction that makes the change (for a view: before the page is made). The hashed bytes are the
stored bytes; they hold no name, no free text and no address. Nothing updates or deletes an event.
"""

from isp.audit.chains import Chain
from isp.audit.events import Event, Grounds
from isp.audit.unit import Store, Unit, looking, transaction

__all__ = ["Chain", "Event", "Grounds", "Store", "Unit", "looking", "transaction"]
