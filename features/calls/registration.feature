Feature: Registration of calls
  Every call between a contact and an employee is recorded in amoCRM, on the page «Звонки» and on the card of the
  contact. The telephony decides which calls are lost.

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

  @TERM-05 @stated
  Rule: An incoming call is lost when no employee's leg was successful

    @TERM-05.a
    Scenario: One employee does not answer, one is busy, one declines
      When +79161234567 calls
      And Viktor does not answer for 20 s
      And the phones of Anna and Boris ring
      And Anna is busy
      And Boris declines
      And the caller hangs up
      Then the telephony reports the call as lost

    @TERM-05.d
    Scenario: The second employee answers after the first did not
      When +79161234567 calls
      And Viktor does not answer for 20 s
      And Boris answers after 5 s
      And the caller hangs up after 60 s
      Then the telephony reports the call as not lost
      And the telephony reports two legs of employees, answered by Boris

  @TERM-06 @stated @smoke
  Rule: A call is lost in amoCRM exactly when the telephony says so

    Background:
      Given the mode for primary calls is «Создавать контакт»
      And successful calls get the tag «Успех»

    @TERM-06.a
    Scenario: The telephony flags the call as lost
      When +79161234567 calls
      And Anna does not answer for 20 s
      And the caller hangs up
      Then the telephony reports the call as lost
      And the call log shows it as missed
      And the contact belongs to Rita
      And the contact carries no tag

    @TERM-06.b
    Scenario: A talk of one second is not lost
      When +79161234567 talks to Anna for 1 s
      Then the telephony reports the call as not lost
      And the call log shows it as talked
      And the contact belongs to Anna
      And the contact carries the tag «Успех»
