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
