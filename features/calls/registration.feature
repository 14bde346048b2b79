Feature: Registration of calls
  Every call between a contact and an employee is recorded in amoCRM, on the page «Звонки» and on the card of the
  contact.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible

  @FEAT-01 @stated
  Rule: What was said in a call can be heard from its row in the call log

    Background:
      Given there is a contact «Иван» with the phone +79161234567

    @FEAT-01.a
    Scenario: A talk of a minute
      When +79161234567 talks to Anna for 60 s
      Then the row has the recording of the call
      And the recording has Anna for 60 s

    @FEAT-01.b
    Scenario: The line of Anna is not recorded
      Given nothing is recorded on the line of Anna
      When +79161234567 talks to Anna for 60 s
      Then the call log has one row: incoming, 60 s of talk, on the contact «Иван»
      And the row has no recording

    @FEAT-01.c @decision
    Scenario: The recording is still being prepared
      Given recordings are ready 30 s after the call
      When +79161234567 talks to Anna for 60 s
      Then the row has the recording of the call
      And the recording cannot be heard yet
      When 30 s pass
      Then the recording has Anna for 60 s

  @LOG-01 @stated @smoke
  Rule: Every call between a contact and an employee is recorded in the call log

    Background:
      Given there is a contact «Иван» with the phone +79161234567

    @LOG-01.a
    Scenario: A contact calls and talks for half a minute
      When +79161234567 talks to Anna for 30 s
      Then the call log has one row: incoming, 30 s of talk, on the contact «Иван»
      And the row is of Anna
      And the row has the time at which the call began
      And the row has the recording of the call

    @LOG-01.b
    Scenario: Anna calls a contact and talks for half a minute
      When Anna calls +79161234567 and they talk for 30 s
      Then the call log has one row: outgoing, 30 s of talk, on the contact «Иван»
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

    @LOG-02.b
    Scenario: Nobody knows the number
      Given the mode for primary calls is «Обрабатывать вручную»
      When +79161234567 talks to Anna for 40 s
      Then the call log has one row: incoming, 40 s of talk, without a contact
      And amoCRM holds no contacts

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

    @LOG-03.b
    Scenario: The card is updated a minute later, and the call is recorded at once
      Given the card-update delay is 60 s
      And the mode for primary calls is «Создавать контакт»
      When +79161234567 talks to Anna for 30 s
      Then the call log has one row: incoming, 30 s of talk, on the contact «+7 916 123-45-67»
      And the contact belongs to Olga

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

    @illustration
    Scenario: The word that Anna calls Boris is lost, so that the integration hears of their talk alone
      Given the telephony's word that a call arrives is lost
      When Anna calls Boris by the short number
      And Boris answers
      And Boris hangs up after 30 s
      And 24 hours pass
      Then amoCRM was sent no calls

    @LOG-04.b @decision
    Scenario: Anna dials the mobile of Boris, which is one of his numbers in the telephony
      When Anna dials the mobile of Boris
      And Boris answers
      And Boris hangs up after 30 s
      Then the call log has no rows
      And amoCRM holds no contacts

    @LOG-04.c
    Scenario: Boris does not answer when Anna calls him
      Given «Применять настройки для исходящих звонков» is on
      And tasks for lost outgoing calls are on
      When Anna calls Boris by the short number
      And Boris does not answer for 20 s
      And Anna hangs up
      Then the call log has no rows
      And amoCRM holds no tasks

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

  @LOG-06 @stated
  Rule: amoCRM does not keep an answered call of less than six seconds whose number it does not know
    It knows the numbers of contacts and of items in «Неразобранное».

    Scenario Outline: A talk with an unknown number
      When +79161234567 talks to Anna for <talk>
      Then the call log has <rows>

      Examples:
        | case     | talk | rows                                                |
        | LOG-06.a | 5 s  | no rows                                             |
        | LOG-06.b | 6 s  | one row: incoming, 6 s of talk, without a contact   |
        | LOG-06.c | 7 s  | one row: incoming, 7 s of talk, without a contact   |

      @decision
      Examples: Whole seconds count, whatever is over them
        | case     | talk  | rows    |
        | LOG-06.f | 5.9 s | no rows |

    @LOG-06.d
    Scenario: A talk with a contact
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 talks to Anna for 1 s
      Then the call log has one row: incoming, 1 s of talk, on the contact «Иван»

    @LOG-06.e
    Scenario: A talk with a number in Unsorted
      Given +79161234567 has talked to Anna for 40 s
      And 10 hours have passed
      When +79161234567 talks to Anna for 3 s
      Then the call is on the item
      And the item holds two calls

  @LOG-07 @decision
  Rule: amoCRM does not keep a lost call whose number it does not know
    The documentation says that lost calls are not kept. We read that, like the six seconds beside it, of unknown numbers
    only: a missed call of a contact is worth more on the card than nowhere. A switch of the account has the other
    reading, in which no lost call is kept at all.

    @LOG-07.a
    Scenario: Nobody knows the number, now or later
      When +79161234567 calls and nobody answers
      Then the call log has no rows
      When 11 hours pass
      Then Unsorted is empty

    @LOG-07.b
    Scenario: The call itself has made a contact
      Given the mode for primary calls is «Создавать контакт»
      When +79161234567 calls and nobody answers
      Then the call log has one row: incoming, 0 s of talk, on the contact «+7 916 123-45-67»
      And the card of the contact shows one call

    @LOG-07.c
    Scenario: A lost call of a contact
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then the call log has one row: incoming, 0 s of talk, on the contact «Иван»

    @LOG-07.d
    Scenario: A lost call of a number in Unsorted
      Given +79161234567 has talked to Anna for 40 s
      And 10 hours have passed
      When +79161234567 calls and nobody answers
      Then the call is on the item
      And the item holds two calls

    @LOG-07.e
    Scenario: A lost call of a contact, and lost calls are not kept at all
      Given amoCRM keeps no lost call at all
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then the call log has no rows
      And the card of the contact shows no calls

    @LOG-07.f
    Scenario: The call itself has made a contact, and lost calls are not kept at all
      Given amoCRM keeps no lost call at all
      And the mode for primary calls is «Создавать контакт»
      When +79161234567 calls and nobody answers
      Then amoCRM holds one contact with the phone +79161234567
      And the card of the contact shows no calls
      And the call log has no rows

    @LOG-07.g
    Scenario: A lost call of a number in Unsorted, and lost calls are not kept at all
      Given amoCRM keeps no lost call at all
      And +79161234567 has talked to Anna for 40 s
      And 10 hours have passed
      When +79161234567 calls and nobody answers
      Then the call is not in the call log
      And the item holds one call

  @LOG-08 @stated
  Rule: The integration sends every call, and amoCRM alone decides what it keeps

    @LOG-08.a
    Scenario: A talk of five seconds with an unknown number
      When +79161234567 talks to Anna for 5 s
      Then amoCRM was sent one call
      And the call log has no rows

    Scenario Outline: The settings of the integration make no difference
      Given the mode for primary calls is <mode>
      And successful calls get the tag <tag>
      And «Применять настройки для исходящих звонков» is <switch>
      When +79161234567 talks to Anna for 5 s
      Then the call log has no rows
      When +79161234567 talks to Anna for 6 s
      Then the call log has one row: incoming, 6 s of talk, without a contact

      Examples:
        | case     | mode                   | tag     | switch |
        | LOG-08.b | «Обрабатывать вручную» | «Успех» | off    |
        |          | «Обрабатывать вручную» | «Важно» | on     |
        |          | «Создавать сделку»     | «Успех» | on     |

  @LOG-09 @inferred
  Rule: A call that amoCRM does not keep is no error: it is sent once, and everything else about it is done
    The documentation does not say what becomes of its deal. We decided that the deal is made.

    Background:
      Given the mode for primary calls is «Создавать сделку»
      And successful calls get the tag «Успех»
      And lost calls get the tag «Потерян»

    @LOG-09.a @decision
    Scenario: A talk of four seconds
      When +79161234567 talks to Anna for 4 s
      Then amoCRM holds one deal
      And the deal belongs to Anna
      And the deal carries the tag «Успех»
      And the call log has no rows
      When 1 hour passes
      Then amoCRM was sent one call

    @LOG-09.b @decision
    Scenario: A lost call
      When +79161234567 calls and nobody answers
      Then amoCRM holds one deal
      And the deal belongs to Rita
      And the deal carries the tag «Потерян»
      And the call log has no rows
      When 1 hour passes
      Then amoCRM was sent one call

  @LOG-10 @inferred
  Rule: A call whose end is reported twice is recorded once

    @LOG-10.a
    Scenario: A lost call that left a contact, a deal and a task
      Given the mode for primary calls is «Создавать контакт и сделку»
      And tasks for lost incoming calls are on
      And the telephony reports the end of each call twice
      When +79161234567 calls and nobody answers
      Then the call log has one row: incoming, 0 s of talk, on the contact «+7 916 123-45-67»
      And amoCRM holds one deal
      And amoCRM holds one task

  @LOG-11 @decision
  Rule: Of several contacts with one number it is always the same one that gets the calls
    The documentation is silent. We chose the one that could be seen first: the contact of an item in «Неразобранное» is
    older than it looks, and would take all calls to itself when the item is accepted.

    @LOG-11.a
    Scenario: Two contacts share a number
      Given there is a contact «Иван» with the phone +79161234567
      And there is a contact «Мария» with the phone +79161234567
      When +79161234567 talks to Anna for 30 s
      Then the call is on the contact «Иван»
      When +79161234567 talks to Boris for 30 s
      Then the call is on the contact «Иван»
      And the card of the contact shows no calls

    @LOG-11.b
    Scenario: An item is accepted after its number has got a contact
      Given the mode for primary calls is «Использовать функционал «Неразобранное»»
      And +79161234567 has talked to Anna for 40 s until 10:00
      And the mode for primary calls is «Создавать контакт»
      And +79161234567 has talked to Anna for 40 s until 11:00
      And it is 12:00
      When Boris accepts the item
      And +79161234567 talks to Anna for 40 s
      Then the card of the contact shows one call
      And the call is on the contact of the call before

  @LOG-12 @decision
  Rule: While amoCRM fails calls wait, and everything about them is done later, once and in order
    The documentation is silent. Nobody has decided that such a call should be left out of the log, so it is not.

    @LOG-12.a
    Scenario: amoCRM fails for twenty minutes after the end of a lost call
      Given the mode for primary calls is «Создавать контакт и сделку»
      And tasks for lost incoming calls are on
      When +79161234567 calls
      And Anna does not answer for 20 s
      And amoCRM begins to fail
      And the caller hangs up
      And 20 minutes pass
      Then the call log has no rows
      When amoCRM works again
      And 10 minutes pass
      Then the call log has one row: incoming, 0 s of talk, on the contact «+7 916 123-45-67»
      And the row has the time at which the call began
      And amoCRM holds one contact
      And amoCRM holds one deal
      And amoCRM holds one task

    @LOG-12.b
    Scenario: amoCRM says three times that it is asked too much
      Given amoCRM answers the first three calls that it is sent with «too many requests»
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 talks to Anna for 30 s
      And 10 minutes pass
      Then amoCRM was sent the call four times, after longer and longer pauses
      And the call log has one row: incoming, 30 s of talk, on the contact «Иван»

    @LOG-12.c
    Scenario: amoCRM does what it is asked, and its answers are lost
      Given the mode for primary calls is «Создавать контакт»
      And tasks for lost incoming calls are on
      And amoCRM does what it is asked and gives no answer the first time
      When +79161234567 calls and nobody answers
      And 10 minutes pass
      Then the call log has one row: incoming, 0 s of talk, on the contact «+7 916 123-45-67»
      And amoCRM holds one contact
      And amoCRM holds one task

    @LOG-12.d
    Scenario: A number calls twice while amoCRM fails
      Given there is a contact «Иван» with the phone +79161234567
      When amoCRM begins to fail
      And +79161234567 talks to Anna for 30 s
      And +79161234567 talks to Boris for 10 s
      And amoCRM works again
      And 10 minutes pass
      Then amoCRM has got the calls of 30 s and 10 s in this order
