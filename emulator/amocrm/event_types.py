"""The types of events (facts §3.11): their keys, the numbers they are kept and listed under, and their names.

The first ones are those that a new card causes: with a small number a row takes a byte less.
"""

from __future__ import annotations

from typing import NamedTuple

from emulator.amocrm.changes import Kind


class EventType(NamedTuple):
    """`number` is the `type` of /events/types."""

    number: int
    key: str
    ru: str
    en: str


_NAMES = (
    ("lead_added", "Сделка создана", "Deal created"),
    ("contact_added", "Контакт создан", "Contact created"),
    ("company_added", "Компания создана", "Company created"),
    ("task_added", "Задача поставлена", "Task set"),
    ("incoming_call", "Входящий звонок", "Incoming call"),
    ("outgoing_call", "Исходящий звонок", "Outgoing call"),
    ("lead_deleted", "Сделка удалена", "Deal deleted"),
    ("lead_restored", "Сделка восстановлена", "Deal restored"),
    ("lead_status_changed", "Этап сделки изменён", "Stage of a deal changed"),
    ("lead_linked", "Сделка прикреплена", "Deal linked"),
    ("lead_unlinked", "Сделка откреплена", "Deal unlinked"),
    ("contact_deleted", "Контакт удалён", "Contact deleted"),
    ("contact_restored", "Контакт восстановлен", "Contact restored"),
    ("contact_linked", "Контакт прикреплён", "Contact linked"),
    ("contact_unlinked", "Контакт откреплён", "Contact unlinked"),
    ("company_deleted", "Компания удалена", "Company deleted"),
    ("company_restored", "Компания восстановлена", "Company restored"),
    ("company_linked", "Компания прикреплена", "Company linked"),
    ("company_unlinked", "Компания откреплена", "Company unlinked"),
    ("task_deleted", "Задача удалена", "Task deleted"),
    ("task_completed", "Задача выполнена", "Task completed"),
    ("task_type_changed", "Тип задачи изменён", "Type of a task changed"),
    ("task_text_changed", "Текст задачи изменён", "Text of a task changed"),
    ("task_deadline_changed", "Срок задачи изменён", "Deadline of a task changed"),
    ("task_result_added", "Добавлен результат задачи", "Result of a task added"),
    ("incoming_sms", "Входящее SMS", "Incoming SMS"),
    ("outgoing_sms", "Исходящее SMS", "Outgoing SMS"),
    ("entity_tag_added", "Теги добавлены", "Tags added"),
    ("entity_tag_deleted", "Теги убраны", "Tags removed"),
    ("entity_linked", "Карточки связаны", "Cards linked"),
    ("entity_unlinked", "Связь карточек убрана", "Link between cards removed"),
    ("entity_responsible_changed", "Ответственный сменился", "Responsible user changed"),
    ("sale_field_changed", "Бюджет изменён", "Budget changed"),
    ("name_field_changed", "Название изменено", "Name changed"),
    ("custom_field_value_changed", "Значение поля изменено", "Value of a field changed"),
    ("common_note_added", "Примечание добавлено", "Note added"),
    ("common_note_deleted", "Примечание удалено", "Note deleted"),
    ("attachment_note_added", "Файл добавлен", "File added"),
    ("geo_note_added", "Примечание с местом добавлено", "Note with a place added"),
    ("service_note_added", "Системное примечание добавлено", "Service note added"),
    ("site_visit_note_added", "Посещение сайта", "Visit to the site"),
    ("message_to_cashier_note_added", "Сообщение кассиру", "Message to the cashier"),
    ("targeting_in_note_added", "Добавлен в ретаргетинг", "Added to retargeting"),
    ("targeting_out_note_added", "Убран из ретаргетинга", "Removed from retargeting"),
    ("link_followed", "Переход по ссылке", "Link followed"),
    ("transaction_added", "Покупка добавлена", "Purchase added"),
    ("incoming_chat_message", "Входящее сообщение чата", "Incoming chat message"),
    ("outgoing_chat_message", "Исходящее сообщение чата", "Outgoing chat message"),
    ("incoming_mail", "Входящее письмо", "Incoming mail"),
    ("outgoing_mail", "Исходящее письмо", "Outgoing mail"),
    ("entity_direct_message", "Внутреннее сообщение", "Direct message"),
    ("customer_added", "Покупатель создан", "Customer created"),
    ("customer_deleted", "Покупатель удалён", "Customer deleted"),
    ("customer_status_changed", "Этап покупателя изменён", "Stage of a customer changed"),
    ("customer_linked", "Покупатель прикреплён", "Customer linked"),
    ("customer_unlinked", "Покупатель откреплён", "Customer unlinked"),
    ("ltv_field_changed", "Сумма покупок изменена", "Sum of purchases changed"),
    ("robot_replied", "Робот ответил", "Robot replied"),
    ("intent_identified", "Тема вопроса определена", "Intent identified"),
    ("nps_rate_added", "Оценка NPS добавлена", "NPS rate added"),
    ("key_action_completed", "Ключевое действие выполнено", "Key action completed"),
    ("entity_merged", "Карточки объединены", "Cards merged"),
    ("talk_created", "Беседа начата", "Talk begun"),
    ("talk_closed", "Беседа закрыта", "Talk closed"),
)

TYPES = tuple(EventType(number, *names) for number, names in enumerate(_NAMES, 1))
BY_KEY = {each.key: each for each in TYPES}
BY_NUMBER = {each.number: each for each in TYPES}

OF_NOTES = {
    "common": "common_note_added",
    "call_in": "incoming_call",
    "call_out": "outgoing_call",
    "sms_in": "incoming_sms",
    "sms_out": "outgoing_sms",
    "attachment": "attachment_note_added",
    "geolocation": "geo_note_added",
    "message_cashier": "message_to_cashier_note_added",
    "site_visit": "site_visit_note_added",
    "targeting_in": "targeting_in_note_added",
    "targeting_out": "targeting_out_note_added",
    "link_followed": "link_followed",
    "transaction": "transaction_added",
}
"""What a new note is called; any other is a service note."""

KINDS: tuple[Kind, ...] = ("lead", "contact", "company", "task")
"""What an event can be about. The place is the low part of the code that a row keeps."""

PER_KIND = 8


def code(key: str, kind: Kind) -> int:
    """Type and kind in one small number, as a row keeps them."""
    return BY_KEY[key].number * PER_KIND + KINDS.index(kind)


def decoded(code: int) -> tuple[str, Kind]:
    """(key of the type, kind) of what `code` made."""
    number, kind = divmod(code, PER_KIND)
    return BY_NUMBER[number].key, KINDS[kind]
