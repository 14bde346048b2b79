Feature: Pop-ups of calls
  While the phone of an employee rings, the amoCRM pages that he has open show who calls and what can be done at once:
  open the card of the contact, or make one.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible

  @PRIM-22 @inferred
  Rule: A mode that makes a contact has made it by the time the phone rings, so the pop-up opens its card

    @PRIM-22.a
    Scenario Outline: An unknown number calls for the first time in the mode <mode>
      Given the mode for primary calls is <mode>
      And Anna has amoCRM open
      And Boris has amoCRM open
      When +79161234567 calls
      And the phone of Anna rings
      Then Anna sees a pop-up that offers to open the contact
      And Boris sees no pop-up

      Examples:
        | mode                         |
        | «Создавать контакт»          |
        | «Создавать контакт и сделку» |

  @POPUP-01 @stated
  Rule: Only the employee whose phone rings is told of an incoming call

    Background:
      Given there is a contact «Иван» with the phone +79161234567
      And Anna has amoCRM open
      And Boris has amoCRM open

    @POPUP-01.a
    Scenario: The phone of Anna rings
      When +79161234567 calls
      And the phone of Anna rings
      Then Anna sees a pop-up that offers to open the contact
      And Boris sees no pop-up

    @POPUP-01.b
    Scenario: Anna does not answer, and the phone of Boris rings
      When +79161234567 calls
      And Anna does not answer for 15 s
      And Boris answers after 5 s
      Then the pop-up of Anna has closed
      And the pop-up of Boris has closed

    @POPUP-01.c @decision
    Scenario: The phones of Anna and Boris ring together
      When +79161234567 calls
      And the phones of Anna and Boris ring
      Then Anna sees a pop-up that offers to open the contact
      And Boris sees a pop-up that offers to open the contact

    @illustration
    Scenario: The widget shows no notifications
      Given the widget shows no notifications
      When +79161234567 calls
      And the phone of Anna rings
      Then Anna sees no pop-up

  @POPUP-02 @stated
  Rule: A pop-up of an unknown number offers to make a contact

    @POPUP-02.a
    Scenario: An unknown number calls, and primary calls are handled by hand
      Given the mode for primary calls is «Обрабатывать вручную»
      And Anna has amoCRM open
      When +79161234567 calls
      And the phone of Anna rings
      Then Anna sees a pop-up that offers to make a contact

  @POPUP-12 @inferred
  Rule: A pop-up closes when its phone was answered or rings no longer

    @POPUP-12.a
    Scenario: The caller hangs up
      Given Anna has amoCRM open
      When +79161234567 calls
      And the phone of Anna rings
      And the caller hangs up after 10 s
      Then the pop-up of Anna has closed
