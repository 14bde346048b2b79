Feature: Primary calls
  A call from a number that amoCRM does not know is a primary communication. What it leaves in amoCRM is one choice
  in the settings of the integration. Whether a communication is primary is decided when it arrives, and kept.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And the mode for primary calls is «Создавать контакт»

  @PRIM-02 @stated @smoke
  Rule: «Создавать контакт» makes a contact of a primary call, and nothing else

    @PRIM-02.a
    Scenario: An unknown number calls for the first time
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds one contact with the phone +79161234567
      And amoCRM holds no deals
      And Unsorted is empty

    @PRIM-02.b
    Scenario: The same number calls again ten minutes later
      Given +79161234567 has talked to Anna for 60 s
      When 10 minutes pass
      And +79161234567 talks to Boris for 30 s
      Then amoCRM holds one contact with the phone +79161234567
      And the contact belongs to Anna

    @PRIM-02.c
    Scenario: One unknown number calls twice at the same instant
      When +79161234567 calls twice at the same instant, while amoCRM takes 1 s for each answer
      Then amoCRM holds one contact with the phone +79161234567

  @PRIM-03 @stated @smoke
  Rule: The contact appears when the call reaches the platform, before anybody answers

    @PRIM-03.a
    Scenario: The phone is still ringing
      When +79161234567 calls
      And the phone of Anna rings
      And 1 s passes
      Then amoCRM holds one contact with the phone +79161234567
      And the contact was created at the moment the call arrived

    @PRIM-03.b
    Scenario: The caller gives up after a second
      When +79161234567 calls
      And the caller hangs up after 1 s
      Then amoCRM holds one contact with the phone +79161234567
      And the contact was created at the moment the call arrived

  @PRIM-05 @stated
  Rule: A new contact first belongs to the administrator, who is also its creator
    The administrator is the one who connected the integration.

    @PRIM-05.a @decision
    Scenario: The call is still ringing
      When +79161234567 calls
      And the phone of Anna rings
      Then the contact belongs to Olga
      And the contact was created by Olga

  @PRIM-06 @stated @smoke
  Rule: When the call ends the card passes from the administrator to its final owner
    Owner and creator become the first employee who accepted the call. It is the default responsible when the call
    was lost, when voice mail took it, and when that employee has no user in amoCRM.

    @PRIM-06.a
    Scenario: Anna answered
      When +79161234567 talks to Anna for 60 s
      Then the contact belongs to Anna
      And the contact was created by Anna

    @PRIM-06.b
    Scenario: Anna is still talking
      When +79161234567 calls
      And Anna answers after 5 s
      And 59 s pass
      Then the contact belongs to Olga
      And the contact was created by Olga

    @PRIM-06.c @decision
    Scenario: Anna answered and handed the call over to Boris
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna hands the call over to Boris after 20 s
      And Boris answers
      And the caller hangs up after 40 s
      Then the contact belongs to Anna
      And the contact was created by Anna

    @PRIM-06.d @decision
    Scenario: Nobody answered
      When +79161234567 calls
      And Anna does not answer for 20 s
      And the caller hangs up
      Then the contact belongs to Rita
      And the contact was created by Rita

    @PRIM-06.e @decision
    Scenario: Viktor answered, who has no user in amoCRM
      When +79161234567 talks to Viktor for 60 s
      Then the contact belongs to Rita
      And the contact was created by Rita

    @PRIM-06.g @decision
    Scenario: Voice mail took the call
      When +79161234567 calls
      And voice mail takes the call after 20 s
      And the caller hangs up after 15 s
      Then the contact belongs to Rita
      And the contact was created by Rita

  @PRIM-19 @stated @smoke
  Rule: Contacts and deals made by a successful call get the tag set for successful calls

    Background:
      Given successful calls get the tag «Успех»

    @PRIM-19.b
    Scenario: A lost call leaves no tag
      When +79161234567 calls
      And Anna does not answer for 20 s
      And the caller hangs up
      Then the contact carries no tag

    @PRIM-19.c
    Scenario: A call taken by voice mail is a successful one
      When +79161234567 calls
      And voice mail takes the call after 20 s
      And the caller hangs up after 15 s
      Then the contact carries the tag «Успех»

    @PRIM-19.d
    Scenario: No tag is set
      Given successful calls get no tag
      When +79161234567 talks to Anna for 60 s
      Then the contact carries no tag

    @PRIM-19.e @decision
    Scenario: The contact was known before the successful call
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 talks to Anna for 60 s
      Then the contact carries no tag

    @PRIM-19.g
    Scenario: The talk took three seconds
      When +79161234567 talks to Anna for 3 s
      Then the contact carries the tag «Успех»

  @TERM-02 @stated
  Rule: A communication is secondary when the number is in amoCRM already
    Numbers are compared by their last ten digits, however they are written.

    @TERM-02.b
    Scenario: The number is the second phone of a contact
      Given there is a contact «Иван» with the phones +79035554433 and +79161234567
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds one contact
      And the card of the contact shows one call

    @TERM-02.c @decision
    Scenario: The number is written differently on the card
      Given there is a contact «Иван» with the phone 8 916 123-45-67
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds one contact
      And the card of the contact shows one call

  @TERM-04 @decision
  Rule: Whether a communication is primary is decided once, when it arrives
    The documentation is silent. We decided so because in «Создавать контакт» the call itself makes the contact: looked
    at later it would always be secondary, and neither owner nor tag would ever be set.

    @TERM-04.a
    Scenario: The call that made the contact is still primary at its end
      Given successful calls get the tag «Успех»
      When +79161234567 talks to Boris for 60 s
      Then the contact belongs to Boris
      And the contact carries the tag «Успех»
