Feature: What the integration does about calls
  One example each for the list with which the documentation begins; the rules of each are in features of their own.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And the mode for primary calls is «Создавать контакт»

  @FEAT-04 @stated
  Rule: A primary call can make a contact, a deal or both

    @FEAT-04.a
    Scenario Outline: The mode is <mode>
      Given the mode for primary calls is <mode>
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds <contacts> contacts
      And amoCRM holds <deals> deals

      Examples:
        | mode                         | contacts | deals |
        | «Создавать контакт»          | 1        | 0     |
        | «Создавать сделку»           | 0        | 1     |
        | «Создавать контакт и сделку» | 1        | 1     |

  @FEAT-05 @stated
  Rule: A primary call can come into Unsorted as a request for a deal

    @FEAT-05.a
    Scenario: An unknown number calls
      Given the mode for primary calls is «Использовать функционал «Неразобранное»»
      When +79161234567 talks to Anna for 60 s
      Then Unsorted holds one item

  @FEAT-06 @stated
  Rule: Contacts and deals that calls make can get a tag

    @FEAT-06.a
    Scenario: A successful call makes a contact and a deal
      Given the mode for primary calls is «Создавать контакт и сделку»
      And successful calls get the tag «Успех»
      When +79161234567 talks to Anna for 60 s
      Then the contact carries the tag «Успех»
      And the deal carries the tag «Успех»

  @FEAT-07 @stated
  Rule: A lost call can leave a task for an employee

    @FEAT-07.a
    Scenario: Nobody answers, and tasks are on
      Given tasks for lost incoming calls are on
      When +79161234567 calls and nobody answers
      Then amoCRM holds one task
      And the task is for Rita

  @FEAT-08 @stated
  Rule: What a lost call makes can get a tag

    @FEAT-08.a
    Scenario: Nobody answers, and a tag is set
      Given lost calls get the tag «Потерян»
      When +79161234567 calls and nobody answers
      Then the contact carries the tag «Потерян»

  @FEAT-09 @stated
  Rule: What call tracking knows of a visitor goes to the card of the contact

    @FEAT-09.a
    Scenario: A visitor calls the number that the site shows
      Given a visitor has come to the site with
        | utm_source | yandex |
      When the visitor calls from +79161234567 and talks to Anna for 60 s
      Then the field «utm_source» of the contact is «yandex»
      And the field «CoMagic_Session» of the contact names the visit

    @FEAT-09.b
    Scenario: Somebody calls an ordinary number
      Given a visitor has come to the site with
        | utm_source | yandex |
      When +79161234567 talks to Anna for 60 s
      Then the field «utm_source» of the contact is empty
      And the field «utm_medium» of the contact is empty
      And the field «utm_campaign» of the contact is empty
      And the field «CoMagic_Session» of the contact is empty
