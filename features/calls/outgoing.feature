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
