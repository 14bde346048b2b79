Feature: Primary calls
  A call from a number that amoCRM does not know is a primary communication. What it leaves in amoCRM is one choice
  in the settings of the integration.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And the mode for primary calls is «Создавать контакт»

  @PRIM-01 @stated
  Rule: What a primary call leaves is one choice out of five modes in the settings

    @PRIM-01.a
    Scenario Outline: <mode> is chosen, and a sixth mode is refused
      Given the mode for primary calls is <mode>
      Then <mode> alone is the mode for primary calls
      And the settings refuse «Создавать компанию» as the mode for primary calls and name the five there are
      And <mode> alone is the mode for primary calls

      Examples:
        | mode                                       |
        | «Создавать контакт»                        |
        | «Создавать сделку»                         |
        | «Создавать контакт и сделку»               |
        | «Использовать функционал «Неразобранное»» |
        | «Обрабатывать вручную»                     |

    @PRIM-01.b @decision
    Scenario: The mode is switched while somebody talks
      Given it is 2026-03-02 at 11:59:50
      When +79161234567 calls
      And Anna answers after 5 s
      And it is 12:00
      And the mode for primary calls is changed to «Использовать функционал «Неразобранное»»
      And the caller hangs up after 60 s
      Then amoCRM holds one contact with the phone +79161234567
      And the contact belongs to Anna
      And Unsorted is empty
      When +79169998877 talks to Boris for 30 s
      Then Unsorted holds one item
      And amoCRM holds one contact

    @PRIM-01.c @decision
    Scenario Outline: A contact calls, and the mode is <mode>
      Given the mode for primary calls is <mode>
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds one contact
      And amoCRM holds no deals
      And Unsorted is empty

      Examples:
        | mode                                       |
        | «Создавать контакт»                        |
        | «Создавать сделку»                         |
        | «Создавать контакт и сделку»               |
        | «Использовать функционал «Неразобранное»» |
        | «Обрабатывать вручную»                     |

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

  @PRIM-13 @stated
  Rule: «Использовать функционал «Неразобранное»» makes one item with a contact and a deal inside

    Background:
      Given the mode for primary calls is «Использовать функционал «Неразобранное»»

    @PRIM-13.a
    Scenario: An unknown number calls
      When +79161234567 talks to Anna for 60 s
      Then Unsorted holds one item
      And amoCRM holds no contacts
      And amoCRM holds no deals

    @PRIM-13.b
    Scenario: The item is accepted
      Given +79161234567 has talked to Anna for 60 s
      When Boris accepts the item
      Then Unsorted is empty
      And amoCRM holds one contact with the phone +79161234567
      And amoCRM holds one deal
      And the deal is linked to the contact

    @PRIM-13.c
    Scenario: The item is declined
      Given +79161234567 has talked to Anna for 60 s
      When Boris declines the item
      Then Unsorted is empty
      And amoCRM holds no contacts
      And amoCRM holds no deals

    @PRIM-13.d @decision
    Scenario: The call is in the log once, before the item is accepted and after that
      When +79161234567 talks to Anna for 40 s
      Then the call log has one row
      And the call is on the item
      When Boris accepts the item
      Then the call log has one row
      And the call is on the contact «+7 916 123-45-67»

  @PRIM-18 @stated
  Rule: With «Применять настройки для исходящих звонков» the mode is for primary outgoing calls too

    Background:
      Given «Применять настройки для исходящих звонков» is on

    @PRIM-18.a
    Scenario: Anna calls an unknown number and is answered
      When Anna calls +79161234567 and they talk for 60 s
      Then amoCRM holds one contact with the phone +79161234567
      And the contact belongs to Anna

    @PRIM-18.b
    Scenario: The option is off
      Given «Применять настройки для исходящих звонков» is off
      When Anna calls +79161234567 and they talk for 60 s
      Then amoCRM holds no contacts

    @PRIM-18.c @decision
    Scenario: Anna calls an unknown number and nobody answers
      Given the mode for primary calls is «Создавать контакт и сделку»
      And lost calls get the tag «Потерян»
      When Anna calls +79161234567 and nobody answers
      Then the contact belongs to Rita
      And the contact carries the tag «Потерян»
      And the deal belongs to Rita
      And the deal carries the tag «Потерян»

    @PRIM-18.d
    Scenario: The mode is «Использовать функционал «Неразобранное»»
      Given the mode for primary calls is «Использовать функционал «Неразобранное»»
      When Anna calls +79161234567 and they talk for 60 s
      Then Unsorted holds one item
      And amoCRM holds no contacts
      And amoCRM holds no deals

    @PRIM-18.e
    Scenario: Anna calls a number that amoCRM knows
      Given the mode for primary calls is «Создавать контакт и сделку»
      And there is a contact «Иван» with the phone +79161234567
      When Anna calls +79161234567 and they talk for 60 s
      Then amoCRM holds one contact
      And amoCRM holds no deals

  @PRIM-21 @stated
  Rule: A lost primary call goes through the same mode as one that was answered

    @PRIM-21.a
    Scenario Outline: An unknown number <calls> in the mode <mode>
      Given the mode for primary calls is <mode>
      When +79161234567 <calls>
      Then amoCRM holds <contacts>
      And amoCRM holds <deals>
      And Unsorted holds <items>
      And the call log has <rows>

      Examples:
        | calls                              | mode                                      | contacts    | deals    | items    | rows    |
        | talks to Anna for 60 s             | «Создавать контакт»                       | one contact | no deals | no items | one row |
        | talks to Anna for 60 s             | «Создавать сделку»                        | no contacts | one deal | no items | one row |
        | talks to Anna for 60 s             | «Создавать контакт и сделку»              | one contact | one deal | no items | one row |
        | talks to Anna for 60 s             | «Использовать функционал «Неразобранное»» | no contacts | no deals | one item | one row |
        | talks to Anna for 3 s              | «Создавать контакт»                       | one contact | no deals | no items | one row |
        | talks to Anna for 3 s              | «Создавать сделку»                        | no contacts | one deal | no items | no rows |
        | talks to Anna for 3 s              | «Создавать контакт и сделку»              | one contact | one deal | no items | one row |
        | talks to Anna for 3 s              | «Использовать функционал «Неразобранное»» | no contacts | no deals | one item | one row |
        | calls and leaves a message of 15 s | «Создавать контакт»                       | one contact | no deals | no items | one row |
        | calls and leaves a message of 15 s | «Создавать сделку»                        | no contacts | one deal | no items | one row |
        | calls and leaves a message of 15 s | «Создавать контакт и сделку»              | one contact | one deal | no items | one row |
        | calls and leaves a message of 15 s | «Использовать функционал «Неразобранное»» | no contacts | no deals | one item | one row |
        | calls and nobody answers           | «Создавать контакт»                       | one contact | no deals | no items | one row |
        | calls and nobody answers           | «Создавать сделку»                        | no contacts | one deal | no items | no rows |
        | calls and nobody answers           | «Создавать контакт и сделку»              | one contact | one deal | no items | one row |
        | calls and nobody answers           | «Использовать функционал «Неразобранное»» | no contacts | no deals | one item | one row |

    @PRIM-21.b
    Scenario: A call is lost that is to be handled by hand
      Given the mode for primary calls is «Обрабатывать вручную»
      And lost calls get the tag «Потерян»
      And tasks for lost incoming calls are on
      When +79161234567 calls and nobody answers
      Then amoCRM holds no contacts
      And amoCRM holds no deals
      And Unsorted is empty
      And amoCRM holds no tasks
      And the call log has no rows
