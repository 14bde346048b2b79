Feature: What cards remember of communications
  A deal remembers the communication that made it, an automatic contact its last one. By these the deal run finds the
  communication that a sale came from; whoever has none of them was made by hand.

  Background:
    Given Olga connected the integration
    And the mode for primary calls is «Создавать контакт и сделку»

  @SALE-04 @stated
  Rule: A deal made of a communication remembers that one, whatever follows

    @SALE-04.a
    Scenario: Two further calls follow, and the deal is won
      Given deals that are won are passed on to the telephony
      And +79161234567 has talked to Anna for 30 s
      When 1 hour passes
      And +79161234567 talks to Boris for 30 s
      And 1 hour passes
      And +79161234567 talks to Anna for 30 s
      Then the field «communication_id» of the deal names the first call
      And the field «communication_id» of the contact names the third call
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the first call carries the tag «Продажа» in the telephony

    @SALE-04.b
    Scenario: The deal is given to Boris
      Given +79161234567 has talked to Anna for 30 s
      When the deal is given to Boris
      Then the field «communication_id» of the deal names the call

  @SALE-07 @stated
  Rule: A contact made of a communication remembers that one

    @SALE-07.a
    Scenario: An unknown number calls
      When +79161234567 talks to Anna for 30 s
      Then the field «communication_id» of the contact names the call

    @SALE-07.b
    Scenario: Somebody unknown sends a form
      Given site forms are passed on in the mode «Создавать сделку и контакт»
      When +79161234567 sends a form on the site
      Then the field «communication_id» of the contact names the form

  @SALE-08 @stated
  Rule: An automatic contact shows the last of its communications, from its arrival on

    Background:
      Given +79161234567 has talked to Anna for 30 s

    @SALE-08.a
    Scenario: A form follows
      Given site forms are passed on in the mode «Создавать сделку и контакт»
      When 1 hour passes
      And +79161234567 sends a form on the site
      Then the field «communication_type» of the contact is «Заявка с сайта»
      And the field «communication_id» of the contact names the form

    @SALE-08.b
    Scenario: A lost call follows
      When 1 hour passes
      And +79161234567 calls and nobody answers
      Then the field «communication_id» of the contact names the second call

    @SALE-08.c @decision
    Scenario: Anna calls back
      When 1 hour passes
      And Anna calls +79161234567 and they talk for 30 s
      Then the field «communication_id» of the contact names the first call

    @illustration
    Scenario: Anna calls back, and outgoing calls count by a setting
      Given outgoing calls count as communications of the contact
      When 1 hour passes
      And Anna calls +79161234567 and they talk for 30 s
      Then the field «communication_id» of the contact names the second call

    @SALE-08.d
    Scenario: The end of the second call is told twice
      Given the telephony reports the end of each call twice
      When 1 hour passes
      And +79161234567 talks to Boris for 30 s
      Then the field «communication_id» of the contact names the second call

    @SALE-08.e @decision
    Scenario: The second call is told after the third
      Given the telephony tells of the next call half an hour late
      When 1 minute passes
      And +79161234567 talks to Boris for 30 s
      And 1 minute passes
      And +79161234567 talks to Anna for 30 s
      Then the field «communication_id» of the contact names the third call
      When 1 hour passes
      Then the field «communication_id» of the contact names the third call
      And the card of the contact shows three calls

    @SALE-08.f @decision
    Scenario: The second call is still ringing
      When 1 hour passes
      And +79161234567 calls
      And the phone of Boris rings
      Then the field «communication_id» of the contact names the second call

  @SALE-09 @inferred
  Rule: A contact made by hand stays without these fields, however often it calls
    Otherwise it would look like an automatic one.

    @SALE-09.a @decision
    Scenario: A contact that Anna made calls three times
      Given Anna has made a contact «Иван» with the phone +79161234567
      When +79161234567 talks to Anna for 30 s
      And +79161234567 talks to Boris for 30 s
      And +79161234567 calls and nobody answers
      Then the field «communication_id» of the contact is empty
      And the card of the contact shows three calls
