"""The fake CoMagic/UIS telephony: a call engine, employees and numbers, the Data API, events out.

account = TelephonyAccount.open(ground, name=…, employees=[…], virtual_numbers=[…], base_url=…, …)
accounts.add(account)                       # create_app(accounts) answers for it from now on
call = account.calls.place("in", "+79161234567", "+74951112233")
account.calls.do(call, "ring", who=account.employees[0].id)
"""

from emulator.telephony.account import TelephonyAccount
from emulator.telephony.accounts import Accounts
from emulator.telephony.app import create_app
from emulator.telephony.engine.calls import Calls
from emulator.telephony.engine.views import CallView, LegView
from emulator.telephony.staff import Employee, EmployeeSpec, NumberOfEmployee, NumberSpec, Phone, VirtualNumber

__all__ = [
    "Accounts",
    "CallView",
    "Calls",
    "Employee",
    "EmployeeSpec",
    "LegView",
    "NumberOfEmployee",
    "NumberSpec",
    "Phone",
    "TelephonyAccount",
    "VirtualNumber",
    "create_app",
]
