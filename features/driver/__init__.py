"""What steps can do and see: verbs in the words of a call centre, over HTTP alone.

The driver knows a world as contract §1 describes it. It acts through the control plane, reads amoCRM through API v4
and its page «Звонки», the telephony through its Data API, and ends each verb with the world settled. It runs the same
against a stand inline, a served one, and a foreign integration.

A verb stands in the module of what it is about; `Driver` has them all.
"""

from __future__ import annotations

from features.driver.calls import Calls
from features.driver.cards import Cards
from features.driver.fields import Fields
from features.driver.integration import ASSIGNEES, FORM_MODES, MODES, Integration
from features.driver.pages import Pages
from features.driver.reports import Reports
from features.driver.requests import Json, Refused
from features.driver.staff import Staff
from features.driver.visitors import Visitors
from features.driver.work import Work

__all__ = ["ASSIGNEES", "FORM_MODES", "MODES", "Driver", "Json", "Refused"]


class Driver(Staff, Integration, Calls, Visitors, Reports, Cards, Work, Fields, Pages):
    """The verbs of one world. Phones are text, people are keys such as `anna`, spans are timedeltas."""
