Feature: Deals of primary calls
  Two modes make a deal of a primary call: «Создавать сделку» a deal without a contact, «Создавать контакт и сделку»
  both. A deal is made when the call has ended, because it belongs to whom the end decides.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And the mode for primary calls is «Создавать сделку»

  @PRIM-07 @stated
  Rule: «Создавать сделку» makes a deal of a primary call, and no contact
    A deal is no contact data, so that the number stays unknown.

    @PRIM-07.a
    Scenario: An unknown number calls
      When +79161234567 talks to Anna for 40 s
      Then amoCRM holds one deal
      And amoCRM holds no contacts
      And Unsorted is empty

    @PRIM-07.b @decision
    Scenario: The same number calls again
      Given +79161234567 has talked to Anna for 40 s
      When +79161234567 talks to Boris for 30 s
      Then amoCRM holds two deals
      And amoCRM holds no contacts

    @PRIM-07.c
    Scenario: A contact calls
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 talks to Anna for 40 s
      Then amoCRM holds no deals

    @PRIM-07.d @decision
    Scenario: The same number calls three times, in vain at last
      Given +79161234567 has talked to Anna for 40 s
      And +79161234567 has talked to Anna for 3 s
      When +79161234567 calls and nobody answers
      Then amoCRM holds three deals
      And amoCRM holds no contacts

  @PRIM-08 @stated
  Rule: The deal of a successful call belongs to the first employee who accepted it

    @PRIM-08.a
    Scenario: Anna accepts the call
      When +79161234567 talks to Anna for 60 s
      Then the deal belongs to Anna

    @PRIM-08.b
    Scenario: Anna does not answer, and Boris accepts the call
      When +79161234567 calls
      And Anna does not answer for 20 s
      And Boris answers after 5 s
      And the caller hangs up after 60 s
      Then the deal belongs to Boris

    @PRIM-08.c
    Scenario: Anna accepts the call and hands it over to Boris
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna hands the call over to Boris after 20 s
      And Boris answers
      And the caller hangs up after 40 s
      Then the deal belongs to Anna

  @PRIM-09 @stated
  Rule: The deal of a lost call belongs to the default responsible

    @PRIM-09.a
    Scenario: Nobody answers
      When +79161234567 calls and nobody answers
      Then the deal belongs to Rita

  @PRIM-10 @stated
  Rule: The deal belongs to the default responsible when whoever accepted the call is not in amoCRM
    Only the first who accepted is looked at, not those whom the call was handed over to.

    @PRIM-10.a
    Scenario: Viktor accepts the call, who has no user in amoCRM
      When +79161234567 talks to Viktor for 60 s
      Then the deal belongs to Rita

    @PRIM-10.b @decision
    Scenario: Viktor accepts the call and hands it over to Anna
      When +79161234567 calls
      And Viktor answers after 5 s
      And Viktor hands the call over to Anna after 20 s
      And Anna answers
      And the caller hangs up after 40 s
      Then the deal belongs to Rita

    @PRIM-10.c
    Scenario: Gleb accepts the call, whose user was deleted in amoCRM
      Given there is an employee Gleb in both systems
      And Gleb is deleted in amoCRM
      When +79161234567 talks to Gleb for 60 s
      Then the deal belongs to Rita

    @PRIM-10.d @decision
    Scenario: Voice mail accepts the call
      When +79161234567 calls
      And voice mail takes the call after 20 s
      And the caller hangs up after 15 s
      Then the deal belongs to Rita

  @PRIM-11 @stated
  Rule: In «Создавать сделку» the call is in the log and goes to its contact once there is one

    @PRIM-11.a
    Scenario: There is no contact yet
      When +79161234567 talks to Anna for 40 s
      Then the call log has one row: incoming, 40 s of talk, without a contact
      And the row has the recording of the call
      And the call waits for a contact

    @PRIM-11.b
    Scenario: A contact with the number is made two hours later
      Given +79161234567 has talked to Anna for 40 s
      And two hours have passed
      When Anna makes a contact «Иван» with the phone +79161234567
      Then the call log has one row: incoming, 40 s of talk, on the contact «Иван»

    @PRIM-11.c @decision
    Scenario: A contact with the number is made three days later
      Given +79161234567 has talked to Anna for 40 s
      And three days have passed
      When Anna makes a contact «Иван» with the phone +79161234567
      Then the call log has one row: incoming, 40 s of talk, on the contact «Иван»

    @PRIM-11.d
    Scenario: The talk is too short for the log
      When +79161234567 talks to Anna for 4 s
      Then the call log has no rows
      And amoCRM holds one deal

    @PRIM-11.e @decision
    Scenario: There is still no contact after eleven hours
      Given +79161234567 has talked to Anna for 40 s
      When 11 hours pass
      Then Unsorted is empty
      And amoCRM holds one deal
      And the call waits for a contact

  @PRIM-12 @stated
  Rule: «Создавать контакт и сделку» makes both of a primary call, linked with each other

    Background:
      Given the mode for primary calls is «Создавать контакт и сделку»

    @PRIM-12.a
    Scenario: An unknown number calls in the mode that makes both
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds one contact with the phone +79161234567
      And amoCRM holds one deal
      And the deal is linked to the contact

    @PRIM-12.b
    Scenario: Contact and deal name the call that they come from
      When +79161234567 talks to Anna for 60 s
      Then the field «communication_id» of the contact names the call
      And the field «communication_id» of the deal names the call

    @PRIM-12.c
    Scenario: The call is lost
      When +79161234567 calls and nobody answers
      Then the contact belongs to Rita
      And the deal belongs to Rita

    @PRIM-12.d
    Scenario: Boris accepts the call after Anna did not
      When +79161234567 calls
      And Anna does not answer for 20 s
      And Boris answers after 5 s
      And the caller hangs up after 60 s
      Then the contact belongs to Boris
      And the deal belongs to Boris

    @illustration
    Scenario: Somebody deletes the contact while the call goes on
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna deletes the contact
      And the caller hangs up after 60 s
      Then amoCRM holds one deal
      And the deal belongs to Anna
      And the deal is linked to no contact
