"""Employees with their numbers, SIP lines, statuses and groups, and the virtual numbers of an account (facts §1.9)."""

from emulator.telephony.staff.records import (
    Employee,
    EmployeeSpec,
    Extension,
    Group,
    Line,
    NumberOfEmployee,
    NumberSpec,
    NumberType,
    Phone,
    Protocol,
    VirtualNumber,
)
from emulator.telephony.staff.staff import Staff
from emulator.telephony.staff.statuses import STATUSES, Status

__all__ = [
    "STATUSES",
    "Employee",
    "EmployeeSpec",
    "Extension",
    "Group",
    "Line",
    "NumberOfEmployee",
    "NumberSpec",
    "NumberType",
    "Phone",
    "Protocol",
    "Staff",
    "Status",
    "VirtualNumber",
]
