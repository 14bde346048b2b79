Feature: Calls handled by hand
  In «Обрабатывать вручную» people decide what becomes of a primary call. The call waits in the log of amoCRM for a
  contact with its number. If none appears, amoCRM itself puts it into «Неразобранное».

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And the mode for primary calls is «Обрабатывать вручную»

  @PRIM-14 @stated
  Rule: In «Обрабатывать вручную» a primary call leaves a row in the call log and nothing else

    Background:
      Given successful calls get the tag «Успех»
      And lost calls get the tag «Потерян»
      And tasks for lost incoming calls are on

    @PRIM-14.a
    Scenario: An unknown number talks to Anna
      When +79161234567 talks to Anna for 40 s
      Then the call log has one row: incoming, 40 s of talk, without a contact
      And amoCRM holds no contacts
      And amoCRM holds no deals
      And amoCRM holds no tasks
      And Unsorted is empty

    @PRIM-14.b
    Scenario: An unknown number calls and nobody answers
      When +79161234567 calls and nobody answers
      Then the call log has no rows
      And amoCRM holds no contacts
      And amoCRM holds no deals
      And amoCRM holds no tasks
      And Unsorted is empty

  @PRIM-15 @stated
  Rule: The call goes to a contact that exists when the call is recorded

    Scenario Outline: Anna makes the contact while she talks
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna makes a contact «Иван» with the phone <phone>
      And the caller hangs up after 40 s
      Then the call log has one row: incoming, 40 s of talk, on the contact «Иван»

      Examples:
        | case      | phone        |
        | PRIM-15.a | +79161234567 |

      @decision
      Examples: However the number is written
        | case      | phone             |
        | PRIM-15.b | 8 (916) 123-45-67 |

  @PRIM-16 @stated
  Rule: The call goes to a contact that appears within ten hours after it was recorded

    Scenario Outline: Anna makes a contact while the call waits
      Given +79161234567 has talked to Anna for 40 s until <recorded>
      When it is <made>
      Then the call waits for a contact
      When Anna makes a contact «Иван» with the phone +79161234567
      Then the call is on the contact «Иван»
      And the card of the contact shows one call
      When 10 hours pass
      Then Unsorted is empty

      Examples:
        | case      | recorded | made     |
        | PRIM-16.a | 09:00    | 18:59:59 |
        | PRIM-16.c | 20:00    | 05:59    |

    @decision
    Scenario Outline: The contact comes too late
      Given +79161234567 has talked to Anna for 40 s until 09:00
      When it is <made>
      And Anna makes a contact «Иван» with the phone +79161234567
      Then the call is on the item
      And Unsorted holds one item
      And the card of the contact shows no calls

      Examples:
        | case      | made     |
        | PRIM-16.b | 19:00:01 |
        |           | 19:00:00 |

    @PRIM-16.d
    Scenario: Anna adds the number to a contact of old
      Given there is a contact «Иван» with the phone +79035554433
      And +79161234567 has talked to Anna for 40 s until 09:00
      When it is 14:00
      And Anna adds the phone +79161234567 to the contact
      Then the call is on the contact «Иван»
      When 10 hours pass
      Then Unsorted is empty

    @PRIM-16.e
    Scenario: The same person sends a form, which makes a contact
      Given site forms are passed on in the mode «Создавать сделку и контакт»
      And +79161234567 has talked to Anna for 40 s until 09:00
      When it is 12:00
      And +79161234567 sends a form on the site
      Then amoCRM holds one contact with the phone +79161234567
      And the card of the contact shows one call
      When 10 hours pass
      Then Unsorted is empty

    @PRIM-16.f
    Scenario: Contacts are made of calls again, and the number calls once more
      Given +79161234567 has talked to Anna for 40 s until 09:00
      And it is 11:00
      And the mode for primary calls is «Создавать контакт»
      When it is 12:00
      And +79161234567 talks to Anna for 40 s
      Then amoCRM holds one contact with the phone +79161234567
      And the card of the contact shows two calls
      When 10 hours pass
      Then Unsorted is empty

  @PRIM-17 @stated
  Rule: Ten hours after it was recorded amoCRM puts a call without a contact into «Неразобранное»

    Scenario Outline: Nobody makes a contact
      Given +79161234567 has talked to Anna for 40 s until 09:00
      When it is <still waits>
      Then Unsorted is empty
      When it is <over>
      Then Unsorted holds one item
      And the call is on the item

      Examples:
        | case      | still waits | over     |
        | PRIM-17.a | 18:59:59    | 19:00:00 |

    @PRIM-17.b @decision
    Scenario: The item takes every call of its number
      Given +79161234567 has talked to Anna for 40 s until 09:00
      And +79161234567 has talked to Boris for 40 s until 12:00
      When it is 19:00
      Then Unsorted holds one item
      And the item holds two calls
      When it is 22:00
      Then Unsorted holds one item

    @decision
    Scenario Outline: The hours that count are elapsed ones, also in the night in which the clocks change
      Given the account is in Europe/Berlin
      And it is <day> at 12:00
      And +79161234567 has talked to Anna for 40 s until 20:00
      When it is <still waits>
      Then Unsorted is empty
      When it is <over>
      Then Unsorted holds one item

      Examples:
        | case      | day        | still waits | over     |
        | PRIM-17.c | 2026-03-28 | 06:59:59    | 07:00:00 |
        |           | 2026-10-24 | 04:59:59    | 05:00:00 |

    @PRIM-17.d
    Scenario: A call that amoCRM did not keep
      Given +79161234567 has talked to Anna for 5 s
      When 11 hours pass
      Then the call log has no rows
      And Unsorted is empty

    @PRIM-17.e @decision
    Scenario: The integration has no part in that item
      Given successful calls get the tag «Успех»
      And +79161234567 has talked to Anna for 40 s until 09:00
      When it is 19:00
      And Anna accepts the item
      Then the contact carries no tag
      And the contact belongs to Olga
      And the deal carries no tag
      And the field «communication_id» of the deal is empty
      And the field «communication_id» of the contact is empty

    @PRIM-17.f @decision
    Scenario: The item is accepted and its deal is won
      Given deals that are won are passed on to the telephony
      And +79161234567 has talked to Anna for 40 s until 09:00
      When it is 19:00
      And Anna accepts the item
      Then the field «communication_id» of the deal is empty
      And the field «communication_id» of the contact is empty
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the call carries the tag «Продажа» in the telephony

    @PRIM-17.g @decision
    Scenario: The number calls again for a moment when the item is there
      Given +79161234567 has talked to Anna for 40 s until 09:00
      When it is 19:30
      And +79161234567 talks to Anna for 3 s
      Then the call is on the item
      And the item holds two calls
      When 10 hours pass
      Then Unsorted holds one item

    @PRIM-17.h @decision
    Scenario: The number calls again after the item was declined
      Given +79161234567 has talked to Anna for 40 s until 09:00
      And it is 20:00
      And Anna has declined the item
      When +79161234567 talks to Anna for 40 s until 20:30
      Then the call waits for a contact
      When it is 06:29:59
      Then Unsorted is empty
      When it is 06:30:00
      Then Unsorted holds one item
      And the item holds one call

    @PRIM-17.i @decision
    Scenario: The second call goes with the item of the first
      Given +79161234567 has talked to Anna for 40 s until 09:00
      And +79161234567 has talked to Boris for 40 s until 12:00
      And it is 20:00
      And Anna has declined the item
      When it is 22:00
      Then Unsorted is empty
      And the call log has no rows

    @PRIM-17.j
    Scenario: The number calls again for a moment while its first call waits
      Given +79161234567 has talked to Anna for 40 s until 09:00
      When it is 09:30
      And +79161234567 talks to Anna for 3 s
      Then the call is not in the call log
      And the call log has one row: incoming, 40 s of talk, without a contact

  @PRIM-24 @decision
  Rule: A call from a hidden number leaves nothing in amoCRM, whatever the mode
    The documentation is silent. Such a call cannot be matched with anybody, now or later. It is sent to amoCRM like any
    other, which does not keep it.

    Background:
      Given successful calls get the tag «Успех»

    Scenario Outline: Somebody with a hidden number talks to Anna
      Given the mode for primary calls is <mode>
      When a hidden number talks to Anna for 40 s
      Then amoCRM was sent one call and nothing else
      And the call log has no rows
      And amoCRM holds no contacts
      And amoCRM holds no deals
      When 11 hours pass
      Then Unsorted is empty

      Examples:
        | case      | mode                                             |
        | PRIM-24.a | «Создавать контакт»                              |
        |           | «Создавать сделку»                               |
        |           | «Создавать контакт и сделку»                     |
        |           | «Использовать функционал «Неразобранное»»        |
        | PRIM-24.b | «Обрабатывать вручную»                           |

  @TASK-13 @stated
  Rule: A task needs a card in amoCRM, which is why there is none for a call that left no card
    The documentation speaks of a contact only. We decided that a deal does as well.

    @TASK-13.a
    Scenario: A task without a card
      Then amoCRM takes no task without a card
      And amoCRM holds no tasks

    @TASK-13.b
    Scenario: A lost call of an unknown number
      Given tasks for lost incoming calls are on
      When +79161234567 calls and nobody answers
      Then amoCRM was sent no tasks

    @TASK-13.c @decision
    Scenario: A task for a deal
      Given there is a deal «Окна»
      Then amoCRM takes a task for the deal
      And amoCRM holds one task
      And the task is about the deal
