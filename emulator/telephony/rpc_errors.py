"""The error catalogue of both vendor APIs: mnemonic, code and English text (facts §1.5, §2.1, §2.2).

Clients match on the mnemonic. A code belongs to a group and not to one error; where an API uses another code for the
same mnemonic, whoever refuses says which.
"""

from __future__ import annotations

CATALOGUE: dict[str, tuple[int, str]] = {
    # the envelope
    "parse_error": (-32700, "Invalid JSON was received by the server."),
    "invalid_request": (-32600, "Invalid Request The JSON sent is not a valid Request object"),
    "method_not_found": (-32601, "The method does not exist / is not available"),
    "batch_opreations_not_supported": (-32099, "Batch operations not supported"),
    "notifications_not_supported": (-32099, "Notifications not supported"),
    "internal_error": (-32603, "Internal error, contact the support service"),
    # who asks, and whether they may
    "access_token_expired": (-32001, "Access token has been expired"),
    "access_token_blocked": (-32001, "Access token has been blocked"),
    "access_token_invalid": (-32001, "Access token is invalid"),
    "auth_error": (-32001, "Login or password is wrong"),
    "ip_not_whitelisted": (-32003, "Your IP {ip} is not whitelisted"),
    "forbidden": (-32003, "Permission denied"),
    "account_inactive": (-32009, "Your account has been disabled, contact the support service"),
    "limit_exceeded": (
        -32029,
        "Limit per {limit_type} has been exceeded. Value of current limit per {limit_type} is {limit_max_value}",
    ),
    "component_disabled": (-32008, "Component {component_name} has been disabled"),
    "method_component_disabled": (
        -32008,
        "You need at least on of the following components to access this method: {components}",
    ),
    "parameter_component_disabled": (
        -32008,
        "You need at least on of the following components to access this paremeter: {components}",
    ),
    # the parameters of a method
    "data_type_error": (-32602, "Data supplied is of wrong type"),
    "required_parameter_missed": (-32602, "The required parameter has been missed"),
    "invalid_parameter_value": (-32602, "Invalid parameter value"),
    "unexpected_parameters": (-32602, "Unexpected method parameter(s)"),
    "invalid_parameters_combination": (-32602, "The combination of parameters is not permitted"),
    "sort_prohibited": (-32602, "Sort by parameter is prohibited"),
    "filter_prohibited": (-32602, "Filter by parameter is prohibited"),
    "date_interval_limit_reached": (-32602, "Max value of requested date interval is 3 months"),
    "error": (-32602, "{error_message}"),
    # what a method changes
    "entity_not_found": (-32602, "Entity not found"),
    "dependency_error": (-32602, "You have interdependet entities"),
    "duplicate_entity": (-32602, "Duplicate entity"),
    "campaign_is_inactive": (-32602, "Campaign is inactive"),
    "invalid_date_time": (-32602, "Invalid date time"),
    "data_limit_exceeded": (-32602, "A new data limit has been exceeded"),
    "tariff_restrictions": (
        -32602,
        "Action is not allowed for your tariff plan. You need contact support service or change your tariff plan "
        "settings in your account",
    ),
    "already_in_use": (-32602, "This value is already used by another entity"),
    # calls
    "call_session_not_found": (-32602, "Call session not found"),
    "invalid_state": (-32004, "This method can not be called in this state"),
    "contact_in_blacklist": (-32002, "The contact {contact} has been found in the blacklist"),
    "virtual_phone_number_not_found": (
        -32007,
        "Virtual phone number {virtual_phone_number} not found. It is not your virtual phone number.",
    ),
    "own_virtual_phone_number_not_allowed": (-32602, "Parameter contact can not contain own virtual phone number"),
    "scenario_not_found": (-32602, "Scenario with id {scenario_id} not found"),
    "employee_not_found": (-32602, "Employee with id {employee_id} not found. It is not your employee."),
    "no_active_phone_number": (-32602, "The phone number does not exist or inactive"),
    "media_file_not_found": (-32602, "The media file with id {media_file_id} not found"),
    "tts_text_exceeded": (
        -32602,
        "The maximum length of Text-to-Speech message is {tts_message_max_length}. The length of your message is "
        "{sent_tts_message_length}",
    ),
    "character_encoding_not_allowed": (-32602, "The character encoding must be UTF-8"),
    "leg_not_found": (-32602, "The call's leg not found"),
    "tag_not_found": (-32602, "Tag with {tag_id} not found"),
    "duplicate_tag": (-32602, "Duplicate tag"),
    "record_already_started": (-32602, "The call record is already started"),
    "record_already_stopped": (-32602, "The call record is not enabled"),
    "coach_not_found": (-32602, "The coach not found in your settings"),
    "duplicate_contact": (-32602, "The contact with phone number {contact_phone_number} already exists"),
    "talk_option_not_found": (-32602, "Talk option not found"),
}

WITHOUT_LIMITS = frozenset(
    (
        "parse_error",
        "invalid_request",
        "method_not_found",
        "batch_opreations_not_supported",
        "notifications_not_supported",
        "access_token_expired",
        "access_token_blocked",
        "access_token_invalid",
        "auth_error",
        "ip_not_whitelisted",
    )
)
"""What never got as far as an account's limits: they are neither counted nor shown."""


def text_of(mnemonic: str, params: dict[str, str]) -> str:
    """The English text with its substitutions; one that is not given stays as it is written."""
    text = CATALOGUE[mnemonic][1]
    for name, value in params.items():
        text = text.replace(f"{{{name}}}", value)
    return text
