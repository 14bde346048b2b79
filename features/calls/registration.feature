Feature: Registration of calls
  Every call between a contact and an employee is recorded in amoCRM, on the page «Звонки» and on the card of the
  contact.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible

  @LOG-01 @stated @smoke
  Rule: Every call between a contact and an employee is recorded in the call log

    Background:
      Given there is a contact «Иван» with the phone +79161234567

    @LOG-01.a
    Scenario: A contact calls and talks for half a minute
      When +79161234567 talks to Anna for 30 s
      Then the call log has one row: incoming, 30 s of talk, on the contact «Иван»
      And the row has the time at which the call began
      And the row has the recording of the call

    @LOG-01.c
    Scenario: Five calls
      When +79161234567 talks to Anna for 30 s
      And +79161234567 talks to Boris for 10 s
      And +79161234567 talks to Viktor for 90 s
      And +79161234567 talks to Anna for 7 s
      And +79161234567 talks to Anna for 30 s
      Then the call log has five rows

  @LOG-02 @stated
  Rule: A call of the log is on the card of its contact too

    @LOG-02.a
    Scenario: A known contact calls
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 talks to Anna for 30 s
      Then the card of the contact shows one call
      And the call on the card is the one in the call log

  @LOG-03 @stated
  Rule: A call is recorded right after it has ended, never before

    @LOG-03.a
    Scenario: One second before the end of a call of two minutes, and at its end
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls
      And Anna answers after 10 s
      And 1 minute 59 s pass
      Then the call log has no rows
      When the caller hangs up after 1 s
      Then the call log has one row: incoming, 120 s of talk, on the contact «Иван»

  @LOG-04 @stated
  Rule: Calls between employees are not recorded in amoCRM

    Background:
      Given the mode for primary calls is «Создавать контакт»

    @LOG-04.a
    Scenario: Anna calls Boris by his short number
      When Anna calls Boris by the short number
      And Boris answers
      And Boris hangs up after 30 s
      Then the call log has no rows
      And amoCRM holds no contacts
      And amoCRM holds no tasks

    @LOG-04.b @decision
    Scenario: Anna dials the mobile of Boris, which is one of his numbers in the telephony
      When Anna dials the mobile of Boris
      And Boris answers
      And Boris hangs up after 30 s
      Then the call log has no rows
      And amoCRM holds no contacts

  @LOG-05 @stated
  Rule: Hold, consultation and transfer give one row, whose recording has the talks with the subscriber and no others

    Background:
      Given there is a contact «Иван» with the phone +79161234567

    @LOG-05.a
    Scenario: Anna asks Boris while the caller is on hold, and leaves the call to him
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna puts the caller on hold after 40 s
      And Anna consults Boris for 20 s
      And Anna connects the caller to Boris
      And the caller hangs up after 60 s
      Then the call log has one row: incoming, 120 s of talk, on the contact «Иван»
      And the row has the recording of the call
      And the recording has Anna for 40 s, then Boris for 60 s

    @LOG-05.b
    Scenario: Anna asks Boris and goes on herself
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna puts the caller on hold after 40 s
      And Anna consults Boris for 20 s
      And Anna goes back to the caller
      And the caller hangs up after 30 s
      Then the call log has one row: incoming, 90 s of talk, on the contact «Иван»
      And the row has the recording of the call
      And the recording has Anna for 70 s

    @LOG-05.c
    Scenario: Anna hands the call over to Boris without asking him first
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna hands the call over to Boris after 40 s
      And 20 s pass
      And Boris answers
      And the caller hangs up after 60 s
      Then the call log has one row: incoming, 120 s of talk, on the contact «Иван»
      And the row has the recording of the call
      And the recording has Anna for 40 s, then Boris for 60 s

    @LOG-05.d
    Scenario: Anna leaves the call to Boris, and Boris to Viktor
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna puts the caller on hold after 40 s
      And Anna consults Boris for 20 s
      And Anna connects the caller to Boris
      And Boris puts the caller on hold after 60 s
      And Boris consults Viktor for 10 s
      And Boris connects the caller to Viktor
      And the caller hangs up after 30 s
      Then the call log has one row: incoming, 160 s of talk, on the contact «Иван»
      And the row has the recording of the call
      And the recording has Anna for 40 s, then Boris for 60 s, then Viktor for 30 s
