Feature: Incoming and outgoing, lost and successful calls
  The telephony says whose call it was and whether it was lost. The integration goes by that, and by who accepted it.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible

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

    @TERM-05.b
    Scenario: The caller hangs up in the menu
      Given the number leads to a menu
      When +79161234567 calls
      And the caller hangs up after 10 s
      Then the call details end with «Меню»
      And nobody was dialled
      And the telephony reports the call as lost

    @TERM-05.c
    Scenario: The caller waits in the queue for three minutes
      Given the number leads to a queue of Anna and Boris
      And Anna and Boris are talking to other callers
      When +79161234567 calls
      And the caller hangs up after 3 minutes
      Then the call details end with «Распределение на сотрудников»
      And nobody was dialled
      And the telephony reports the call as lost

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

  @TERM-07 @stated
  Rule: A call is successful when it was accepted, by an employee or by voice mail

    Background:
      Given the mode for primary calls is «Создавать контакт»
      And successful calls get the tag «Успех»

    @TERM-07.a @decision
    Scenario: Nobody answers and voice mail takes the call
      Given the number leads to Anna and Boris, each of their phones ringing for 20 s, then to voice mail
      When +79161234567 calls
      And 40 s pass
      And the caller hangs up after 15 s
      Then the call details end with «Голосовая почта»
      And the telephony reports the call as not lost
      And the contact carries the tag «Успех»
      And the call log shows it as a voice message
      And amoCRM holds no tasks

    @TERM-07.b @decision
    Scenario: The caller hangs up during the greeting
      Given the number leads to a greeting of 20 s, then to Anna
      When +79161234567 calls
      And the caller hangs up after 10 s
      Then the call details end with «Проигрывание сообщения»
      And the contact carries no tag
      And the telephony reports the call as lost

    @TERM-07.c
    Scenario: Anna calls, and the client answers
      Given «Применять настройки для исходящих звонков» is on
      When Anna calls +79161234567 and they talk for 10 s
      Then the telephony reports the call as outgoing
      And the contact carries the tag «Успех»

  @TERM-08 @stated
  Rule: Whatever comes from a client is incoming: a call, a callback that was ordered, a site form

    @TERM-08.a
    Scenario: A callback is incoming though the telephony dials both sides
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 orders a callback on the site
      And Anna answers after 5 s
      And the client answers after 10 s
      And the client hangs up after 30 s
      Then the telephony dialled Anna and the client
      And the telephony reports the call as incoming
      And the call log has one row: incoming, 30 s of talk, on the contact «Иван»

    @TERM-08.b
    Scenario: A form is incoming, and the card of the contact names it as the last that came from there
      Given the mode for primary calls is «Создавать контакт»
      And site forms are passed on in the mode «Создавать сделку и контакт»
      And +79161234567 has talked to Anna for 60 s
      When +79161234567 sends a form on the site
      Then the field «communication_type» of the contact is «Заявка с сайта»

    @TERM-08.c
    Scenario: An unknown number orders a callback
      Given the mode for primary calls is «Создавать контакт»
      And successful calls get the tag «Успех»
      When +79161234567 orders a callback on the site
      Then amoCRM holds one contact with the phone +79161234567
      And the contact belongs to Olga
      When Anna answers after 5 s
      And the client answers after 10 s
      And the client hangs up after 30 s
      Then the contact belongs to Anna
      And the contact carries the tag «Успех»
      And the call log has one row: incoming, 30 s of talk, on the contact «+7 916 123-45-67»

    @TERM-08.d @decision
    Scenario: Anna takes the callback and the client does not
      Given the mode for primary calls is «Создавать контакт»
      And successful calls get the tag «Успех»
      When +79161234567 orders a callback on the site
      And Anna answers after 5 s
      And the client does not answer for 30 s
      Then the telephony reports the call as not lost
      And amoCRM holds no tasks
      And the contact carries no tag
      And the contact belongs to Anna
      And the call log shows it as missed

  @TERM-09 @stated
  Rule: A call from an employee to a contact is outgoing

    Background:
      Given there is a contact «Иван» with the phone +79161234567

    @TERM-09.a
    Scenario: Anna clicks the number in amoCRM
      When Anna clicks the number +79161234567
      And Anna answers after 5 s
      And the client answers after 10 s
      And the client hangs up after 30 s
      Then the telephony dialled Anna and the client
      And the telephony reports the call as outgoing
      And the call log has one row: outgoing, 30 s of talk, on the contact «Иван»

    @TERM-09.b
    Scenario: Anna dials the number by her desk phone
      When Anna dials +79161234567
      And the client answers after 10 s
      And the client hangs up after 30 s
      Then the telephony dialled only the client
      And the telephony reports the call as outgoing
      And the call log has one row: outgoing, 30 s of talk, on the contact «Иван»

  @TERM-10 @decision
  Rule: An outgoing call is lost when the client did not answer
    The documentation calls a call lost that no employee answered, which can hardly happen when the employee calls, and
    yet it knows tasks for lost outgoing calls. We decided that the side that was called decides. The telephony sets the
    flag, so that its reports and amoCRM agree.

    Background:
      Given there is a contact «Иван» with the phone +79161234567
      When Anna clicks the number +79161234567

    @TERM-10.a
    Scenario: Anna answers and the client does not
      When Anna answers after 5 s
      And the client does not answer for 30 s
      Then the telephony reports the call as outgoing
      And the telephony reports the call as lost
      And the call log has one row: outgoing, 0 s of talk, on the contact «Иван»
      And the call log shows it as missed

    @TERM-10.b
    Scenario: Anna does not answer, so that the client is never dialled
      When Anna does not answer for 20 s
      And Anna does not answer the mobile for 20 s
      Then the telephony reports the call as lost
      And the telephony dialled only Anna
      And the call log shows it as missed

    @TERM-10.c
    Scenario: The client hangs up after two seconds
      When Anna answers after 5 s
      And the client answers after 10 s
      And the client hangs up after 2 s
      Then the telephony reports the call as not lost
      And the call log shows it as talked

    @TERM-10.d
    Scenario: The reports call it lost although Anna's own line was answered
      When Anna answers after 5 s
      And the client does not answer for 30 s
      Then the telephony reports one leg of employees, answered by Anna
      And the telephony reports the call as lost
      And the call log shows it as missed
