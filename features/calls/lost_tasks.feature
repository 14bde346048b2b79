Feature: Tasks for lost calls
  A lost call can leave a task in amoCRM, so that somebody calls back. The settings say for which direction, and whose it
  is; the time of the call says until when.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And tasks for lost incoming calls are on
    And tasks for lost outgoing calls are on

  @TASK-01 @stated
  Rule: Lost calls leave tasks only when the settings ask for them

    Background:
      Given there is a contact «Иван» with the phone +79161234567

    @TASK-01.a
    Scenario: Tasks are off
      Given tasks for lost incoming calls are off
      When +79161234567 calls and nobody answers
      Then amoCRM holds no tasks

    @TASK-01.b
    Scenario: Tasks are on
      When +79161234567 calls and nobody answers
      Then amoCRM holds one task
      And the task is about the contact

    @TASK-01.c
    Scenario: Tasks are on and somebody answered
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds no tasks

  @TASK-02 @stated
  Rule: Incoming and outgoing calls have settings of their own

    Background:
      Given there is a contact «Иван» with the phone +79161234567

    @TASK-02.a
    Scenario: Only incoming calls leave tasks
      Given tasks for lost outgoing calls are off
      When Anna calls +79161234567 and nobody answers
      Then amoCRM holds no tasks
      When +79161234567 calls and nobody answers
      Then amoCRM holds one task

    @TASK-02.b
    Scenario: Only outgoing calls leave tasks
      Given tasks for lost incoming calls are off
      When +79161234567 calls and nobody answers
      Then amoCRM holds no tasks
      When Anna calls +79161234567 and nobody answers
      Then amoCRM holds one task

    @TASK-02.c
    Scenario: Each direction has its own choice
      Given tasks for lost incoming calls go to «Сотрудник указанный в карточке контакта в amoCRM»
      And tasks for lost outgoing calls go to «Сотрудник совершивший вызов»
      When +79161234567 calls and nobody answers
      And Boris calls +79161234567 and nobody answers
      Then the tasks are for Anna and Boris

  @TASK-03 @stated
  Rule: The task of a lost incoming call can be the default responsible's

    @TASK-03.a
    Scenario: The contact is Anna's
      Given Anna has made a contact «Иван» with the phone +79161234567
      And tasks for lost incoming calls go to «Сотрудник указанный в настройках CRM»
      When +79161234567 calls and nobody answers
      Then the task is for Rita

  @TASK-04 @stated
  Rule: The task of a lost incoming call can be that of the contact's responsible
    As long as the card of a new contact still carries the administrator in place of an owner, and where the responsible is
    no longer in amoCRM, the default responsible gets the task.

    Background:
      Given tasks for lost incoming calls go to «Сотрудник указанный в карточке контакта в amoCRM»

    @TASK-04.a
    Scenario: Anna is responsible
      Given Anna has made a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then the task is for Anna

    @TASK-04.b
    Scenario: The lost call made the contact
      Given the mode for primary calls is «Создавать контакт»
      When +79161234567 calls and nobody answers
      Then the task is for Rita
      And the contact belongs to Rita

    @TASK-04.c @decision
    Scenario: Who was responsible has been deleted in amoCRM
      Given Boris has made a contact «Иван» with the phone +79161234567
      And Boris is deleted in amoCRM
      When +79161234567 calls and nobody answers
      Then the task is for Rita

    @TASK-04.d @decision
    Scenario: The card is still the administrator's, because it is updated later
      Given the mode for primary calls is «Создавать контакт»
      And the card-update delay is 5 minutes
      When +79161234567 calls and nobody answers
      Then the task is for Rita
      And the contact belongs to Olga

    @TASK-04.e @decision
    Scenario: A second call is lost while the first one still talks
      Given the mode for primary calls is «Создавать контакт»
      When +79161234567 calls
      And Anna answers after 5 s
      And +79161234567 calls
      And Boris does not answer for 20 s
      And the caller hangs up
      Then the task is for Rita
      And the contact belongs to Olga

  @TASK-05 @stated
  Rule: The task of a lost outgoing call can be the default responsible's, whoever called
    Under this heading the documentation speaks of incoming calls. We take that for a slip, here and in the two rules that
    follow.

    @TASK-05.a @decision
    Scenario: Anna called a contact of Boris, and Rita is the one in the settings
      Given Boris has made a contact «Иван» with the phone +79161234567
      And tasks for lost outgoing calls go to «Сотрудник указанный в настройках CRM»
      When Anna calls +79161234567 and nobody answers
      Then the task is for Rita

  @TASK-06 @stated
  Rule: The task of a lost outgoing call can be that of the contact's responsible

    @TASK-06.a @decision
    Scenario: Anna called a contact of Boris, and the card decides
      Given Boris has made a contact «Иван» with the phone +79161234567
      And tasks for lost outgoing calls go to «Сотрудник указанный в карточке контакта в amoCRM»
      When Anna calls +79161234567 and nobody answers
      Then the task is for Boris

  @TASK-07 @stated
  Rule: The task of a lost outgoing call can be that of the employee who called
    It is the default responsible's when that employee is no user of amoCRM.

    @TASK-07.a @decision
    Scenario: Anna called a contact of Boris, and who called decides
      Given Boris has made a contact «Иван» with the phone +79161234567
      And tasks for lost outgoing calls go to «Сотрудник совершивший вызов»
      When Anna calls +79161234567 and nobody answers
      Then the task is for Anna

    @TASK-07.b @decision
    Scenario: Viktor called, who is no user of amoCRM
      Given Boris has made a contact «Иван» with the phone +79161234567
      And tasks for lost outgoing calls go to «Сотрудник совершивший вызов»
      When Viktor calls +79161234567 and nobody answers
      Then the task is for Rita

    @TASK-07.c
    Scenario: Incoming calls do not offer this choice
      Then tasks for lost incoming calls cannot go to «Сотрудник совершивший вызов»

    @TASK-07.d @decision
    Scenario: Anna called somebody new
      Given the mode for primary calls is «Создавать контакт»
      And «Применять настройки для исходящих звонков» is on
      And lost calls get the tag «Потерян»
      And tasks for lost outgoing calls go to «Сотрудник совершивший вызов»
      When Anna calls +79161234567 and nobody answers
      Then the task is for Anna
      And the contact belongs to Rita
      And the contact carries the tag «Потерян»

  @TASK-08 @stated
  Rule: A call before 19:00 leaves a task until the end of that day

    Scenario Outline: Nobody answers at <time> on <day>
      Given it is <day> at <time>
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then the task is due on <due> at 23:59:59

      Examples:
        | case      | day        | time     | due        | note                   |
        | TASK-08.a | 2026-03-14 | 18:59:59 | 2026-03-14 |                        |
        | TASK-08.b | 2026-03-14 | 00:00:00 | 2026-03-14 |                        |
        | TASK-08.c | 2025-12-31 | 09:15:00 | 2025-12-31 | the last of the year   |
        |           | 2024-02-29 | 18:59:59 | 2024-02-29 | a day that is rare     |
        |           | 2026-06-30 | 18:59:59 | 2026-06-30 | the last of the month  |

  @TASK-09 @stated
  Rule: A call after 19:00 leaves a task until the end of the next day

    Scenario Outline: Nobody answers in the evening of <day>, at <time>
      Given it is <day> at <time>
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then the task is due on <due> at 23:59:59

      Examples:
        | case      | day        | time     | due        | note                       |
        | TASK-09.a | 2026-03-14 | 19:00:01 | 2026-03-15 |                            |
        | TASK-09.b | 2025-12-31 | 23:59:59 | 2026-01-01 | the year changes           |
        | TASK-09.c | 2024-02-28 | 20:00:00 | 2024-02-29 | a leap day follows         |
        |           | 2024-02-29 | 20:00:00 | 2024-03-01 | a leap day                 |
        |           | 2026-02-28 | 20:00:00 | 2026-03-01 | no leap day follows        |
        |           | 2026-04-30 | 20:00:00 | 2026-05-01 | the month changes          |
        | TASK-09.d | 2026-03-06 | 20:00:00 | 2026-03-07 | a Friday: weekends are days |

  @TASK-10 @decision
  Rule: 19:00:00 itself belongs to the evening
    The documentation knows calls before 19:00 and calls after it. We decided that exactly 19:00:00 is after.

    Scenario Outline: Nobody answers at <time>, around the limit
      Given it is 2026-03-14 at <time>
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then the task is due on <due> at 23:59:59

      Examples:
        | case      | time         | due        |
        | TASK-10.a | 18:59:59.999 | 2026-03-14 |
        | TASK-10.b | 19:00:00.000 | 2026-03-15 |

  @TASK-11 @decision
  Rule: What counts is the beginning of the call on the clock of the amoCRM account
    The documentation names neither a time zone nor whether the beginning or the end counts. Deadlines are shown to users in
    the zone of their account, and both words that it uses mean the beginning.

    Scenario Outline: It is <time> in <zone>
      Given the account is in <zone>
      And it is <day> at <time>
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then the task is due on <due> at 23:59:59

      Examples:
        | case      | zone               | day        | time  | due        | note                        |
        | TASK-11.a | Europe/Moscow      | 2026-03-14 | 19:30 | 2026-03-15 | 16:30 UTC                   |
        | TASK-11.b | Asia/Yekaterinburg | 2026-03-14 | 18:59 | 2026-03-14 | 13:59 UTC                   |
        |           | Asia/Yekaterinburg | 2026-03-14 | 19:00 | 2026-03-15 | 14:00 UTC                   |
        | TASK-11.f | Europe/Moscow      | 2026-03-14 | 01:30 | 2026-03-14 | 22:30 UTC of the day before |

    @TASK-11.c
    Scenario: The call begins before 19:00 and ends after it
      Given it is 2026-03-14 at 18:59:50
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls
      And Anna does not answer for 30 s
      And the caller hangs up
      Then the task is due on 2026-03-14 at 23:59:59

    @TASK-11.d
    Scenario: The call begins before midnight and ends after it
      Given it is 2026-03-14 at 23:59:50
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then the task is due on 2026-03-15 at 23:59:59

    @TASK-11.e
    Scenario: The day ends at 20:59:59 UTC in Moscow
      Given it is 2026-03-14 at 12:00
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then the task is due on 2026-03-14 at 20:59:59 UTC

    @illustration
    Scenario Outline: It is <time> on <day> in <zone>
      Given the account is in <zone>
      And it is <day> at <time>
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then the task is due on <due> at 23:59:59
      And the task is due on <utc> UTC

      Examples:
        | zone               | day        | time     | due        | utc                    | note                                |
        | Asia/Kamchatka     | 2026-03-14 | 18:59:59 | 2026-03-14 | 2026-03-14 at 11:59:59 | 06:59:59 UTC                        |
        | Asia/Kamchatka     | 2026-03-14 | 19:00:00 | 2026-03-15 | 2026-03-15 at 11:59:59 | 07:00 UTC                           |
        | Asia/Kamchatka     | 2026-03-14 | 05:00:00 | 2026-03-14 | 2026-03-14 at 11:59:59 | 17:00 UTC of the day before         |
        | Europe/Kaliningrad | 2026-03-14 | 18:59:59 | 2026-03-14 | 2026-03-14 at 21:59:59 | 19:59:59 in Moscow                  |
        | Europe/Kaliningrad | 2026-03-14 | 19:00:00 | 2026-03-15 | 2026-03-15 at 21:59:59 | 20:00 in Moscow                     |
        | Asia/Yekaterinburg | 2025-12-31 | 23:59:59 | 2026-01-01 | 2026-01-01 at 18:59:59 | 18:59:59 UTC                        |
        | Europe/Berlin      | 2026-03-28 | 18:59:59 | 2026-03-28 | 2026-03-28 at 22:59:59 | the clocks go forward at night      |
        | Europe/Berlin      | 2026-03-28 | 19:00:00 | 2026-03-29 | 2026-03-29 at 21:59:59 | the next day has 23 hours           |
        | Europe/Berlin      | 2026-10-24 | 19:00:00 | 2026-10-25 | 2026-10-25 at 22:59:59 | the next day has 25 hours           |
        | Europe/Berlin      | 2026-10-25 | 18:59:59 | 2026-10-25 | 2026-10-25 at 22:59:59 | the clocks went back at night       |
        | America/Santiago   | 2026-04-04 | 12:00:00 | 2026-04-04 | 2026-04-05 at 03:59:59 | its last hour is there twice        |
        | Asia/Kolkata       | 2026-03-14 | 19:00:00 | 2026-03-15 | 2026-03-15 at 18:29:59 | half an hour off                    |

  @TASK-12 @stated
  Rule: Primary lost calls leave no task in «Использовать функционал «Неразобранное»» and «Обрабатывать вручную»

    @TASK-12.a
    Scenario: Somebody new is handled by hand, and gets through the second time
      Given the mode for primary calls is «Обрабатывать вручную»
      When +79161234567 calls and nobody answers
      Then amoCRM holds no tasks
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds no tasks
      And the call log has one row: incoming, 60 s of talk, without a contact

    @TASK-12.b
    Scenario: Somebody new goes to «Неразобранное»
      Given the mode for primary calls is «Использовать функционал «Неразобранное»»
      When +79161234567 calls and nobody answers
      Then Unsorted holds one item
      And amoCRM holds no tasks

    @TASK-12.c @decision
    Scenario: The item is accepted later
      Given the mode for primary calls is «Использовать функционал «Неразобранное»»
      And +79161234567 has called and nobody answered
      When 10 minutes pass
      And Anna accepts the item
      And 24 hours pass
      Then amoCRM holds no tasks
      And amoCRM holds one contact with the phone +79161234567

  @TASK-14 @inferred
  Rule: Secondary lost calls leave tasks in every mode

    @TASK-14.a
    Scenario: A contact calls, and primary calls are handled by hand
      Given the mode for primary calls is «Обрабатывать вручную»
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then amoCRM holds one task
      And the task is about the contact

    @TASK-14.b
    Scenario: A contact calls, and primary calls go to «Неразобранное»
      Given the mode for primary calls is «Использовать функционал «Неразобранное»»
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then amoCRM holds one task
      And the task is about the contact
      And Unsorted is empty

    @TASK-14.c @decision
    Scenario: Only a company has the number
      Given the mode for primary calls is «Создавать контакт»
      And tasks for lost incoming calls go to «Сотрудник указанный в карточке контакта в amoCRM»
      And there is a company «Окна» with the phone +79161234567
      When +79161234567 calls and nobody answers
      Then the task is about the company
      And the task is for Rita

  @TASK-15 @decision
  Rule: The task is about the deal in «Создавать сделку», and about the contact where there is one
    The documentation says that amoCRM has no tasks without a contact, and leaves this mode out of its list of modes without
    tasks. A task about a deal is possible, so we decided for that.

    @TASK-15.a
    Scenario: The lost call made a deal
      Given the mode for primary calls is «Создавать сделку»
      When +79161234567 calls and nobody answers
      Then the task is about the deal
      And the task is for Rita

    @TASK-15.b
    Scenario: The choice is the contact's responsible and there is no contact
      Given the mode for primary calls is «Создавать сделку»
      And tasks for lost incoming calls go to «Сотрудник указанный в карточке контакта в amoCRM»
      When +79161234567 calls and nobody answers
      Then the task is about the deal
      And the task is for Rita

    @TASK-15.c
    Scenario: The lost call made a contact and a deal
      Given the mode for primary calls is «Создавать контакт и сделку»
      When +79161234567 calls and nobody answers
      Then amoCRM holds one deal
      And the task is about the contact

  @TASK-16 @decision
  Rule: A lost call leaves one task, however often its end is told
    The documentation does not say how many. One for each call means that none is forgotten and none is there twice.

    Background:
      Given there is a contact «Иван» with the phone +79161234567

    @TASK-16.a
    Scenario: Three lost calls of one contact in five minutes
      When +79161234567 calls and nobody answers
      And 2 minutes pass
      And +79161234567 calls and nobody answers
      And 2 minutes pass
      And +79161234567 calls and nobody answers
      Then amoCRM holds three tasks

    @TASK-16.b
    Scenario: The end of the call is told twice
      Given the telephony tells of the end of each call twice
      When +79161234567 calls and nobody answers
      Then amoCRM holds one task

  @TASK-17 @inferred
  Rule: A lost outgoing call to somebody new leaves a task only beside a card that was made for it

    Background:
      Given the mode for primary calls is «Создавать контакт»

    @TASK-17.a
    Scenario: Outgoing calls make no contacts
      Given «Применять настройки для исходящих звонков» is off
      When Anna calls +79161234567 and nobody answers
      Then amoCRM holds no contacts
      And amoCRM holds no tasks

    @TASK-17.b @decision
    Scenario: Outgoing calls make contacts
      Given «Применять настройки для исходящих звонков» is on
      When Anna calls +79161234567 and nobody answers
      Then amoCRM holds one contact with the phone +79161234567
      And the task is about the contact

    @TASK-17.c @decision
    Scenario: Outgoing calls go to «Неразобранное»
      Given the mode for primary calls is «Использовать функционал «Неразобранное»»
      And «Применять настройки для исходящих звонков» is on
      When Anna calls +79161234567 and nobody answers
      Then Unsorted holds one item
      And amoCRM holds no tasks

  @TASK-18 @inferred
  Rule: Calls between employees and calls that voice mail took leave no task

    @TASK-18.a
    Scenario: Boris does not answer Anna, though amoCRM has a contact with his number
      Given there is a contact «Борис» with the phone +79990000102
      When Anna dials the mobile of Boris
      And Boris does not answer for 20 s
      And Anna hangs up
      Then the telephony reports the call as lost
      And amoCRM holds no tasks

    @TASK-18.b @decision
    Scenario: Voice mail takes the call of a contact
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls
      And Anna does not answer for 20 s
      And voice mail takes the call after 20 s
      And the caller hangs up after 15 s
      Then amoCRM holds no tasks

  @TASK-19 @stated
  Rule: The settings have a block «Задачи для потерянных звонков» with a part for each direction

    @TASK-19.a
    Scenario: Both parts have a switch and a choice of their own
      Given tasks for lost incoming calls are off
      And tasks for lost outgoing calls are off
      When tasks for lost incoming calls are switched on
      Then tasks for lost incoming calls are on
      And tasks for lost outgoing calls are off
      And tasks for lost incoming calls can go to
        | Сотрудник указанный в настройках CRM                |
        | Сотрудник указанный в карточке контакта в amoCRM |
      And tasks for lost outgoing calls can go to
        | Сотрудник указанный в настройках CRM                |
        | Сотрудник указанный в карточке контакта в amoCRM |
        | Сотрудник совершивший вызов                          |
