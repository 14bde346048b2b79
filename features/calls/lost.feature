Feature: Lost calls
  A lost call is handled in amoCRM like any other primary call, with three differences: it belongs to the default
  responsible, it has a tag of its own, and it can bring a task.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible

  @LOST-01 @stated
  Rule: The lost calls of amoCRM are those that the telephony reports as lost, no more and no fewer

    @LOST-01.a
    Scenario: A day with calls of every kind
      Given there is a contact «Иван» with the phone +79160000005
      And the mode for primary calls is «Создавать контакт»
      And tasks for lost incoming calls are on
      And tasks for lost outgoing calls are on
      When +79160000001 calls and nobody answers
      And +79160000002 talks to Anna for 1 s
      And +79160000003 calls and leaves a message of 15 s
      And +79160000004 calls and nobody answers
      And Anna calls +79160000005 and nobody answers
      And Anna calls +79160000005 and they talk for 20 s
      Then the telephony reports three calls as lost
      And the call log shows the same calls as missed, and no others
      And amoCRM holds three tasks

  @LOST-02 @stated
  Rule: A primary lost call creates what the chosen mode says

    Scenario Outline: Nobody answers in the mode <mode>
      Given the mode for primary calls is <mode>
      When +79161234567 calls and nobody answers
      Then amoCRM holds <contacts>
      And amoCRM holds <deals>
      And Unsorted holds <items>

      Examples:
        | case      | mode                                        | contacts    | deals    | items    |
        | LOST-02.a | «Создавать контакт»                         | one contact | no deals | no items |
        | LOST-02.b | «Создавать сделку»                          | no contacts | one deal | no items |
        | LOST-02.c | «Создавать контакт и сделку»                | one contact | one deal | no items |
        | LOST-02.d | «Использовать функционал «Неразобранное»»   | no contacts | no deals | one item |
        | LOST-02.e | «Обрабатывать вручную»                      | no contacts | no deals | no items |

  @LOST-03 @stated
  Rule: Contacts and deals of primary lost calls belong to the default responsible

    @LOST-03.a
    Scenario: Nobody's phone rang
      Given the mode for primary calls is «Создавать контакт и сделку»
      When +79161234567 calls
      And the caller hangs up after 10 s
      Then the contact belongs to Rita
      And the deal belongs to Rita

    @LOST-03.b
    Scenario: The phone of Anna rang
      Given the mode for primary calls is «Создавать контакт и сделку»
      When +79161234567 calls
      And Anna does not answer for 20 s
      And the caller hangs up
      Then the contact belongs to Rita
      And the deal belongs to Rita

    @LOST-03.c
    Scenario: The default responsible was deleted in amoCRM, so that it is the administrator who connected
      Given Rita is deleted in amoCRM
      And the mode for primary calls is «Создавать контакт и сделку»
      When +79161234567 calls and nobody answers
      Then the contact belongs to Olga
      And the deal belongs to Olga

    @LOST-03.d @decision
    Scenario: Boris accepts the item of a lost call
      Given the mode for primary calls is «Использовать функционал «Неразобранное»»
      When +79161234567 calls and nobody answers
      And Boris accepts the item
      Then the contact belongs to Rita

    @LOST-03.e @decision
    Scenario: The default responsible becomes the creator too
      Given the mode for primary calls is «Создавать контакт»
      When +79161234567 calls
      Then the contact was created by Olga
      When the caller hangs up after 10 s
      Then the contact was created by Rita

  @LOST-04 @stated
  Rule: A lost call is recorded right after it has ended

    @LOST-04.a
    Scenario: A call of half a minute that nobody answers
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 calls
      And Anna does not answer for 29 s
      Then the call log has no rows
      When the caller hangs up after 1 s
      Then the call log has one row: incoming, 0 s of talk, on the contact «Иван»
      And the call log shows it as missed

  @LOST-05 @stated
  Rule: Only the support of the telephony can delay the moment at which the card gets its final owner
    The delay counts from the end of the call. We decided that it moves responsible and creator of the contact and nothing
    else.

    @LOST-05.a
    Scenario: Without a delay the card passes at once
      Given the mode for primary calls is «Создавать контакт»
      And the card-update delay is 0 s
      When +79161234567 calls and nobody answers
      Then the contact belongs to Rita

    @LOST-05.b @decision
    Scenario: One minute, which nothing but the card waits for
      Given the mode for primary calls is «Создавать контакт и сделку»
      And lost calls get the tag «Потерян»
      And tasks for lost incoming calls are on
      And the card-update delay is 60 s
      When +79161234567 calls and nobody answers
      Then the call log has one row
      And amoCRM holds one task
      And the contact carries the tag «Потерян»
      And the deal belongs to Rita
      When 59.999 s pass
      Then the contact belongs to Olga
      And the contact was created by Olga
      When 1 ms passes
      Then the contact belongs to Rita
      And the contact was created by Rita

    @LOST-05.c
    Scenario: An administrator neither sees the delay nor changes it
      Given the mode for primary calls is «Создавать контакт»
      Then the settings of the account show no card-update delay
      And an administrator is refused a card-update delay of 60 s
      When +79161234567 calls and nobody answers
      Then the contact belongs to Rita
      When the support sets the card-update delay to 60 s
      Then the support reads a card-update delay of 60 s

    @LOST-05.d @decision
    Scenario: A second call during the delay
      Given the mode for primary calls is «Создавать контакт»
      And the card-update delay is 60 s
      When +79161234567 talks to Anna for 40 s
      And +79161234567 talks to Boris for 25 s
      And 29.999 s pass
      Then the contact belongs to Olga
      When 1 ms passes
      Then the contact belongs to Anna
      When 30 s pass
      Then the contact belongs to Anna

    @illustration
    Scenario: Who answered leaves the company during the delay
      Given the mode for primary calls is «Создавать контакт»
      And the card-update delay is 60 s
      When +79161234567 talks to Anna for 40 s
      And Anna is deleted in amoCRM
      And 60 s pass
      Then the contact belongs to Rita

  @LOST-06 @stated
  Rule: Contacts and deals made by a primary lost call get the tag set for lost calls

    Background:
      Given the mode for primary calls is «Создавать контакт и сделку»
      And lost calls get the tag «Потерян»

    @LOST-06.a
    Scenario: Nobody answered an unknown number
      When +79161234567 calls and nobody answers
      Then the contact carries the tag «Потерян»
      And the deal carries the tag «Потерян»

    @LOST-06.b
    Scenario: Anna answered
      When +79161234567 talks to Anna for 60 s
      Then the contact carries no tag
      And the deal carries no tag

    @LOST-06.c @decision
    Scenario: The contact and its deal were there before
      Given +79161234567 has talked to Anna for 60 s
      When +79161234567 calls and nobody answers
      Then the contact carries no tag
      And the deal carries no tag

    @LOST-06.d
    Scenario: No tag is set for lost calls
      Given lost calls get no tag
      When +79161234567 calls and nobody answers
      Then the contact carries no tag
      And the deal carries no tag

    @LOST-06.e
    Scenario: There is a tag for successful calls as well
      Given successful calls get the tag «Успех»
      When +79161234567 calls and nobody answers
      Then the contact carries the tag «Потерян»
      And the deal carries the tag «Потерян»

  @LOST-07 @inferred
  Rule: A later successful call changes neither the owner nor the tag of what a lost call made

    @LOST-07.a @decision
    Scenario: Nobody answers, and an hour later Anna talks to the same number
      Given the mode for primary calls is «Создавать контакт и сделку»
      And lost calls get the tag «Потерян»
      And successful calls get the tag «Успех»
      And +79161234567 has called and nobody answered
      When 1 hour passes
      And +79161234567 talks to Anna for 60 s
      Then the contact belongs to Rita
      And the contact carries the tag «Потерян»
      And the deal belongs to Rita
      And the deal carries the tag «Потерян»

  @LOST-08 @inferred
  Rule: A call that voice mail took is not lost: it brings neither the tag nor a task

    @LOST-08.a @decision
    Scenario: Nobody answers and the caller leaves a message
      Given the mode for primary calls is «Создавать контакт»
      And lost calls get the tag «Потерян»
      And tasks for lost incoming calls are on
      When +79161234567 calls and leaves a message of 15 s
      Then amoCRM holds one contact with the phone +79161234567
      And the contact carries no tag
      And amoCRM holds no tasks
