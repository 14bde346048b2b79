Feature: Tags of successful calls
  The settings may name a tag that is put on what successful calls leave in amoCRM. The tag of lost calls has a feature
  of its own.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And the mode for primary calls is «Создавать контакт»

  @PRIM-19 @stated @smoke
  Rule: Contacts and deals made by a successful call get the tag set for successful calls

    Background:
      Given successful calls get the tag «Успех»

    @PRIM-19.a
    Scenario: The call made a contact and a deal
      Given the mode for primary calls is «Создавать контакт и сделку»
      When +79161234567 talks to Anna for 60 s
      Then the contact carries the tag «Успех»
      And the deal carries the tag «Успех»

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

    @PRIM-19.f
    Scenario: Calls are handled by hand, and Anna makes the contact while she talks
      Given the mode for primary calls is «Обрабатывать вручную»
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna makes a contact «Иван» with the phone +79161234567
      And the caller hangs up after 60 s
      Then the contact carries no tag

    @PRIM-19.g
    Scenario: The talk took three seconds
      When +79161234567 talks to Anna for 3 s
      Then the contact carries the tag «Успех»

  @PRIM-20 @stated
  Rule: That tag is never put on the call in the telephony

    @PRIM-20.a
    Scenario: The contact carries the tag and the call does not
      Given successful calls get the tag «Успех»
      When +79161234567 talks to Anna for 60 s
      Then the contact carries the tag «Успех»
      And the call carries no tag in the telephony
