Feature: Outgoing calls
  What employees talk with clients whom they called is recorded like any other call. Whether calls to numbers that
  amoCRM does not know also create something is one switch in the settings of the integration.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible

  @OUT-01 @stated
  Rule: An outgoing call is recorded on the contact who has the number that was dialled

    @OUT-01.a
    Scenario: Anna calls a contact
      Given there is a contact «Иван» with the phone +79161234567
      When Anna calls +79161234567 and they talk for 20 s
      Then the call log has one row: outgoing, 20 s of talk, on the contact «Иван»
      And the card of the contact shows one call

    @OUT-01.b
    Scenario: Anna calls the second phone of a contact
      Given there is a contact «Иван» with the phones +79035554433 and +79161234567
      When Anna calls +79161234567 and they talk for 20 s
      Then the call log has one row: outgoing, 20 s of talk, on the contact «Иван»
      And the card of the contact shows one call

    @OUT-01.c
    Scenario: Nobody in amoCRM has the number
      Given «Применять настройки для исходящих звонков» is off
      When Anna calls +79161234567 and they talk for 20 s
      Then the call log has one row: outgoing, 20 s of talk, without a contact

    @OUT-01.d @decision
    Scenario Outline: Nobody has the number, and they talk for <talk>
      The documentation says of calls from unknown numbers that amoCRM drops those under six seconds; we decided that it is
      the same with calls to them.

      When Anna calls +79161234567 and they talk for <talk>
      Then the call log has <rows>

      Examples:
        | talk  | rows    |
        | 5 s   | no rows |
        | 5.9 s | no rows |
        | 6 s   | one row |

  @OUT-02 @stated
  Rule: Calls to new subscribers can be handled like primary calls that come in
    The switch is «Применять настройки для исходящих звонков».

    @OUT-02.a
    Scenario: The contact appears when the call reaches the platform
      Given the mode for primary calls is «Создавать контакт»
      And «Применять настройки для исходящих звонков» is on
      When Anna clicks the number +79161234567
      Then amoCRM holds one contact with the phone +79161234567
      And the contact was created at the moment the call arrived
      And the contact belongs to Olga

    @OUT-02.b
    Scenario: The switch is off
      Given the mode for primary calls is «Создавать контакт и сделку»
      And «Применять настройки для исходящих звонков» is off
      When Anna calls +79161234567 and they talk for 20 s
      Then the call log has one row
      And amoCRM holds no contacts
      And amoCRM holds no deals
      And Unsorted is empty

    @OUT-02.c @decision
    Scenario Outline: Tags, tasks and fields follow the switch too: <outcome>
      Given the mode for primary calls is «Создавать контакт и сделку»
      And «Применять настройки для исходящих звонков» is on
      And successful calls get the tag «Успех»
      And lost calls get the tag «Потерян»
      And tasks for lost outgoing calls are on
      When Anna calls +79161234567 and <outcome>
      Then the contact carries the tag <tag>
      And the deal carries the tag <tag>
      And amoCRM holds <tasks>
      And the field «communication_type» of the contact is «Звонок»

      Examples:
        | outcome            | tag       | tasks    |
        | they talk for 20 s | «Успех»   | no tasks |
        | nobody answers     | «Потерян» | one task |

  @OUT-03 @inferred
  Rule: With the switch off, a talk with an unknown number waits ten hours for a contact
    As calls that come in do in the mode «Обрабатывать вручную».

    Background:
      Given «Применять настройки для исходящих звонков» is off
      And the mode for primary calls is «Создавать контакт»
      And Anna has called +79161234567 and they talked for 20 s

    @OUT-03.a @decision
    Scenario: A contact is made three hours later
      When 3 hours pass
      And Anna makes a contact «Иван» with the phone +79161234567
      Then the call log has one row: outgoing, 20 s of talk, on the contact «Иван»
      When 7 hours pass
      Then Unsorted is empty

    @OUT-03.b @decision
    Scenario: Nobody makes a contact
      When 9:59:59.999 pass
      Then Unsorted is empty
      And the call waits for a contact
      When 1 ms passes
      Then Unsorted holds one item
      And the item holds one call

  @OUT-04 @inferred
  Rule: What an outgoing call makes belongs to the employee who called
    It belongs to the default responsible when the client did not answer, and when that employee has no user in amoCRM.

    Scenario Outline: <who> calls and <outcome>
      Given the mode for primary calls is «Создавать контакт и сделку»
      And «Применять настройки для исходящих звонков» is on
      When <who> calls +79161234567 and <outcome>
      Then the contact belongs to <owner>
      And the deal belongs to <owner>

      Examples:
        | case     | who    | outcome            | owner |
        | OUT-04.a | Anna   | they talk for 20 s | Anna  |
        | OUT-04.c | Viktor | they talk for 20 s | Rita  |

      @decision
      Examples: Nobody answers
        | case     | who  | outcome        | owner |
        | OUT-04.b | Anna | nobody answers | Rita  |

  @OUT-05 @inferred
  Rule: Outgoing calls raise no pop-up

    @OUT-05.a
    Scenario Outline: Anna calls <whom>
      Given there is a contact «Иван» with the phone +79161234567
      And Anna has amoCRM open
      When Anna calls <phone> and they talk for 20 s
      Then Anna sees no pop-up

      Examples:
        | whom              | phone        |
        | a contact         | +79161234567 |
        | an unknown number | +79035554433 |
