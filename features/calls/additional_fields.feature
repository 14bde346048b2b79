Feature: Additional fields
  Contacts and deals that a communication makes carry data about it in additional fields: by them it is found again in the
  telephony, and analytics see which advertisement brought the client.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And the mode for primary calls is «Создавать контакт и сделку»

  @FIELD-01 @stated
  Rule: What a communication makes has additional fields that are filled with data about it

    @FIELD-01.a
    Scenario: Everything is known of the visitor who calls
      Given there is a campaign «Директ»
      And a visitor has come to the site with
        | campaign            | Директ        |
        | utm_source          | yandex        |
        | utm_medium          | cpc           |
        | utm_campaign        | spring        |
        | utm_term            | окна          |
        | utm_content         | banner2       |
        | search query        | купить окна   |
        | Universal Analytics | 35009a79-1a05 |
      When the visitor calls from +79161234567 and talks to Anna for 30 s
      Then all additional fields of the contact are filled
      And all additional fields of the deal are filled

    @FIELD-01.b
    Scenario: Somebody makes a contact by hand, who then calls
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 talks to Anna for 30 s
      Then «Настройки» → «Поля» lists 14 additional fields of contacts
      And all additional fields of the contact are empty

    @illustration
    Scenario: A field of that name is of another type
      Given somebody has replaced the field «communication_time» of the contact by one for numbers
      When Olga connects the integration again
      And +79161234567 talks to Anna for 30 s
      Then the field «communication_time» of the contact is empty
      And the field «communication_id» of the contact names the call
      And the call log has one row: incoming, 30 s of talk, on the contact «+7 916 123-45-67»
      And the decision log names the field «communication_time»

    @illustration
    Scenario: Somebody has renamed a choice of a field
      Given somebody has renamed the choice «Звонок» of the field «communication_type» of the contact
      When +79161234567 talks to Anna for 30 s
      Then the field «communication_type» of the contact is empty
      And the field «communication_id» of the contact names the call
      And the deal is linked to the contact

    @illustration
    Scenario: A field of that name is for long texts, which will do
      Given somebody has replaced the field «communication_source» of the contact by one for paragraphs
      When Olga connects the integration again
      And +79161234567 talks to Anna for 30 s
      Then the field «communication_source» of the contact is «main»

  @FIELD-02 @stated
  Rule: The fields serve the transfer of deals as well as analytics

    @FIELD-02.a
    Scenario: Nothing but its fields tells where a deal that was won came from
      Given the mode for primary calls is «Создавать сделку»
      And deals that are won are passed on to the telephony
      And +79161234567 has talked to Anna for 3 s
      When Anna wins the deal
      And the deals of the day are passed on
      Then the call log has no rows
      And only the call carries the tag «Продажа» in the telephony

  @FIELD-03 @stated
  Rule: Contacts and deals have different fields, and which depends on the widget

    @FIELD-03.a @decision
    Scenario: The widget of CoMagic is connected
      Then «Настройки» → «Поля» lists 14 additional fields of contacts
      And «Настройки» → «Поля» lists 13 additional fields of deals
      And the deal has no field «communication_time»

    @FIELD-03.b @decision
    Scenario: Another widget is connected
      Given somebody has deleted the additional fields in amoCRM
      And the widget is not that of CoMagic
      And a visitor has come to the site with
        | utm_source | yandex |
      When Olga connects the integration again
      And the visitor calls from +79161234567 and talks to Anna for 30 s
      Then «Настройки» → «Поля» lists no additional fields of contacts
      And the deal has no field «communication_id»
      And the field «utm_source» of the deal is empty
      And the call log has one row: incoming, 30 s of talk, on the contact «+7 916 123-45-67»

  @FIELD-04 @stated
  Rule: utm_term holds the keywords of the advertisement

    @FIELD-04.a
    Scenario: The visitor came by a keyword
      Given a visitor has come to the site with
        | utm_term | окна |
      When the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the field «utm_term» of the contact is «окна»
      And the field «utm_term» of the deal is «окна»

  @FIELD-05 @stated
  Rule: utm_campaign holds the name of the advertising campaign

    @FIELD-05.a
    Scenario: The visitor came by a campaign
      Given a visitor has come to the site with
        | utm_campaign | spring |
      When the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the field «utm_campaign» of the contact is «spring»
      And the field «utm_campaign» of the deal is «spring»

  @FIELD-06 @stated
  Rule: utm_source holds where the campaign runs

    @FIELD-06.a
    Scenario: The visitor came from a search engine
      Given a visitor has come to the site with
        | utm_source | yandex |
      When the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the field «utm_source» of the contact is «yandex»
      And the field «utm_source» of the deal is «yandex»

  @FIELD-07 @stated
  Rule: utm_medium holds the channel of the campaign

    @FIELD-07.a
    Scenario: The visitor came by an advertisement that is paid by the click
      Given a visitor has come to the site with
        | utm_medium | cpc |
      When the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the field «utm_medium» of the contact is «cpc»
      And the field «utm_medium» of the deal is «cpc»

  @FIELD-08 @stated
  Rule: utm_content holds the content of the campaign

    @FIELD-08.a
    Scenario: The visitor clicked a banner
      Given a visitor has come to the site with
        | utm_content | banner2 |
      When the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the field «utm_content» of the contact is «banner2»
      And the field «utm_content» of the deal is «banner2»

  @FIELD-09 @stated
  Rule: ua_client_id holds who the visitor is in Universal Analytics

    @FIELD-09.a
    Scenario: The visitor has a cookie of Universal Analytics
      Given a visitor has come to the site with
        | Universal Analytics | 35009a79-1a05 |
      When the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the field «ua_client_id» of the contact is «35009a79-1a05»
      And the field «ua_client_id» of the deal is «35009a79-1a05»

  @FIELD-10 @stated
  Rule: communication_id names the contact's last communication and the deal's primary one

    @FIELD-10.a
    Scenario: A contact made by a call calls again
      Given +79161234567 has talked to Anna for 30 s
      When 1 hour passes
      And +79161234567 talks to Boris for 30 s
      Then the field «communication_id» of the contact names the second call
      And the field «communication_id» of the deal names the first call

    @FIELD-10.b
    Scenario: Somebody asks the telephony what the field names
      When +79161234567 talks to Anna for 30 s
      Then the telephony finds the call by the field «communication_id» of the contact
      And the telephony finds the call by the field «communication_id» of the deal

  @FIELD-11 @stated
  Rule: communication_type says what the contact's last and the deal's primary communication was

    @FIELD-11.a
    Scenario: Somebody unknown calls, and somebody else sends a form
      Given site forms are passed on in the mode «Создавать сделку и контакт»
      When +79161234567 talks to Anna for 30 s
      Then the field «communication_type» of the contact is «Звонок»
      And the field «communication_type» of the deal is «Звонок»
      When +79169998877 sends a form on the site
      Then amoCRM holds one contact with the phone +79169998877
      And the field «communication_type» of the contact is «Заявка с сайта»

    @FIELD-11.b
    Scenario: The field has two values and no others
      When +79161234567 talks to Anna for 30 s
      Then amoCRM takes «Заявка с сайта» in the field «communication_type» of the contact
      And amoCRM takes «Звонок» in the field «communication_type» of the contact
      And amoCRM refuses «Чат» in the field «communication_type» of the contact
      And amoCRM refuses «Чат» in the field «communication_type» of the deal

    @FIELD-11.c
    Scenario: A contact that was made of a call sends a form
      Given site forms are passed on in the mode «Создавать сделку и контакт»
      When +79161234567 talks to Anna for 30 s
      Then the field «communication_type» of the deal is «Звонок»
      When +79161234567 sends a form on the site
      Then amoCRM holds two deals
      And the field «communication_type» of the deal is «Звонок»
      And the field «communication_type» of the contact is «Заявка с сайта»

    @FIELD-11.d @decision
    Scenario: A callback is a call
      When +79161234567 orders a callback on the site
      And Anna answers after 5 s
      And the client answers after 10 s
      And the client hangs up after 30 s
      Then the field «communication_type» of the contact is «Звонок»
      And the field «communication_type» of the deal is «Звонок»

  @FIELD-12 @stated
  Rule: communication_source names the source of the contact's last and of the deal's primary communication

    @FIELD-12.a @decision
    Scenario: Two campaigns brought the two calls of a visitor
      Given there is a campaign «Директ»
      And there is a campaign «Баннеры»
      And a visitor has come to the site with
        | campaign | Директ |
      And the visitor has called from +79161234567 and talked to Anna for 30 s
      When 1 hour passes
      And the visitor comes to the site again with
        | campaign | Баннеры |
      And the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the field «communication_source» of the contact is «Баннеры»
      And the field «communication_source» of the deal is «Директ»

    @FIELD-12.b @decision
    Scenario: No campaign brought the call, and the number has a name
      Given the number +74951112266 of the company is called «Офис»
      When +79161234567 calls the number «Офис» and talks to Anna for 30 s
      Then the field «communication_source» of the contact is «Офис»
      And the field «communication_source» of the deal is «Офис»

    @FIELD-12.c @decision
    Scenario: No campaign brought the form
      Given site forms are passed on in the mode «Создавать сделку и контакт»
      When +79161234567 sends a form on the site
      Then the field «communication_source» of the contact is «okna.test»
      And the field «communication_source» of the deal is «okna.test»

  @FIELD-13 @stated
  Rule: communication_time says when the contact's last communication came, on the clock of the account
    The documentation has a text for the deal too, but its table lists the field for the contact alone.

    @FIELD-13.a @decision
    Scenario: Only the contact has it
      When +79161234567 talks to Anna for 30 s
      Then the field «communication_time» of the contact is «2026-03-02 12:00:00»
      And the field «communication_id» of the deal names the call
      And the deal has no field «communication_time»

    @FIELD-13.b
    Scenario: The contact calls again the next day
      Given +79161234567 has talked to Anna for 30 s
      When it is 2026-03-03 at 15:30:10
      And +79161234567 talks to Anna for 30 s
      Then the field «communication_time» of the contact is «2026-03-03 15:30:10»

    @FIELD-13.c @decision
    Scenario Outline: The call arrives at 09:00 UTC in <zone>, and the talk begins later
      Given the account is in <zone>
      And it is 2026-03-14 at <arrival>
      When +79161234567 calls
      And Anna answers after 90 s
      And the caller hangs up after 5 minutes
      Then the field «communication_time» of the contact is <reads>

      Examples:
        | zone           | arrival  | reads                 |
        | Europe/Moscow  | 12:00:00 | «2026-03-14 12:00:00» |
        | Asia/Kamchatka | 21:00:00 | «2026-03-14 21:00:00» |

    @FIELD-13.d @decision
    Scenario: A form is received at 09:00 UTC
      Given site forms are passed on in the mode «Создавать сделку и контакт»
      And it is 2026-03-14 at 12:00
      When +79161234567 sends a form on the site
      Then the field «communication_time» of the contact is «2026-03-14 12:00:00»

  @FIELD-14 @stated
  Rule: CoMagic_Session names the visit to the site in which the client called

    @FIELD-14.a
    Scenario Outline: CoMagic_Session after <what>
      Given a visitor has come to the site
      When <who talks> to Anna for 30 s
      Then the field «CoMagic_Session» of the contact <holds>
      And the field «CoMagic_Session» of the deal <holds>

      Examples:
        | what              | who talks                                     | holds           |
        | a tracked call    | the visitor calls from +79161234567 and talks | names the visit |
        | an untracked call | +79161234567 talks                            | is empty        |

    @FIELD-14.b
    Scenario: Somebody asks the telephony what the session is
      Given a visitor has come to the site with
        | utm_source | yandex |
      When the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the telephony finds the visit with utm_source «yandex» by the field «CoMagic_Session» of the contact
      And the telephony finds the visit with utm_source «yandex» by the field «CoMagic_Session» of the deal

  @FIELD-15 @stated
  Rule: CoMagic_SearchQuery, CoMagic_Site and CoMagic_Campaign hold what was searched for, the site and the campaign

    @FIELD-15.a
    Scenario: The visitor searched and came by a campaign
      Given there is a campaign «Директ»
      And a visitor has come to the site with
        | search query | купить окна |
        | campaign     | Директ      |
      When the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the field «CoMagic_SearchQuery» of the contact is «купить окна»
      And the field «CoMagic_Site» of the contact is «okna.test»
      And the field «CoMagic_Campaign» of the contact is «Директ»
      And the field «CoMagic_SearchQuery» of the deal is «купить окна»
      And the field «CoMagic_Site» of the deal is «okna.test»
      And the field «CoMagic_Campaign» of the deal is «Директ»

    @FIELD-15.b
    Scenario: The visitor typed the address of the site
      Given a visitor has come to the site
      When the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the field «CoMagic_SearchQuery» of the contact is empty
      And the field «CoMagic_SearchQuery» of the deal is empty
      And the field «CoMagic_Site» of the contact is «okna.test»

  @FIELD-16 @inferred
  Rule: Later communications change only the fields whose names begin with «communication»

    Background:
      Given there is a campaign «Директ»
      And there is a campaign «Баннеры»
      And a visitor has come to the site with
        | utm_source | yandex |
        | campaign   | Директ |
      And the visitor has called from +79161234567 and talked to Anna for 30 s

    @FIELD-16.a @decision
    Scenario: The visitor comes and calls again by way of another campaign
      When the visitor comes to the site again with
        | utm_source | google  |
        | campaign   | Баннеры |
      And the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the field «communication_source» of the contact is «Баннеры»
      And the field «utm_source» of the contact is «yandex»
      And the field «CoMagic_Campaign» of the contact is «Директ»

    @FIELD-16.b @decision
    Scenario: CoMagic_Session does not begin with «communication»
      When the visitor comes to the site again with
        | utm_source | google |
      And the visitor calls from +79161234567 and talks to Anna for 30 s
      Then the field «communication_id» of the contact names the second call
      And the field «CoMagic_Session» of the contact names the first visit

  @FIELD-17 @stated
  Rule: «Настройки» → «Поля» of amoCRM lists the additional fields

    @FIELD-17.a @decision
    Scenario: The integration is connected
      Then «Настройки» → «Поля» lists these additional fields of contacts and no others
        | utm_term     | communication_id     | CoMagic_Session     |
        | utm_campaign | communication_type   | CoMagic_SearchQuery |
        | utm_source   | communication_source | CoMagic_Site        |
        | utm_medium   | communication_time   | CoMagic_Campaign    |
        | utm_content  | ua_client_id         |                     |
      And «Настройки» → «Поля» lists these additional fields of deals and no others
        | utm_term     | communication_id     | CoMagic_Session     |
        | utm_campaign | communication_type   | CoMagic_SearchQuery |
        | utm_source   | communication_source | CoMagic_Site        |
        | utm_medium   |                      | CoMagic_Campaign    |
        | utm_content  | ua_client_id         |                     |

    @FIELD-17.b
    Scenario: The integration is connected twice
      When Olga connects the integration again
      Then «Настройки» → «Поля» lists 14 additional fields of contacts
      And «Настройки» → «Поля» lists 13 additional fields of deals

  @FIELD-18 @inferred
  Rule: What is known of a visitor comes from call tracking; without it only the communication fields are filled

    @FIELD-18.a
    Scenario: A number that tracks nothing is called
      When +79161234567 talks to Anna for 30 s
      Then these additional fields of the contact are filled and no others
        | communication_id     |
        | communication_type   |
        | communication_source |
        | communication_time   |
      And these additional fields of the deal are filled and no others
        | communication_id     |
        | communication_type   |
        | communication_source |

    @FIELD-18.b @decision
    Scenario: The number of a campaign is called, which nobody saw on the site
      Given the company's number belongs to the campaign «Радио»
      When +79161234567 talks to Anna for 30 s
      Then the field «CoMagic_Campaign» of the contact is «Радио»
      And the field «CoMagic_Session» of the contact is empty

  @FIELD-19 @inferred
  Rule: In the modes that make a contact its fields can be read before the call ends

    @FIELD-19.a
    Scenario Outline: The phone still rings, and the mode is <mode>
      Given the mode for primary calls is <mode>
      And a visitor has come to the site with
        | utm_source | yandex |
      When the visitor calls from +79161234567
      And the phone of Anna rings
      Then the field «communication_id» of the contact names the call
      And the field «communication_type» of the contact is «Звонок»
      And the field «communication_time» of the contact is «2026-03-02 12:00:00»
      And the field «utm_source» of the contact is «yandex»
      And the field «CoMagic_Session» of the contact names the visit

      Examples:
        | mode                          |
        | «Создавать контакт»           |
        | «Создавать контакт и сделку»  |
