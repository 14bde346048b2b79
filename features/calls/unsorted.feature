Feature: Unsorted
  «Неразобранное» is where amoCRM keeps requests for deals until somebody sorts them. An item holds a deal and a contact
  that are seen nowhere else before. A primary call makes one when the settings say so; amoCRM itself makes one of a call
  that nobody claimed for ten hours.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And the mode for primary calls is «Использовать функционал «Неразобранное»»

  @UNS-01 @stated
  Rule: Unsorted holds requests for deals, and they are on no stage of the pipeline

    @UNS-01.a
    Scenario: A call of an unknown number waits to be sorted
      When +79161234567 talks to Anna for 40 s
      Then Unsorted holds one item
      And no stage of the pipeline has a deal
      And amoCRM holds no contacts

  @UNS-02 @stated
  Rule: A user moves an item to a stage of the pipeline or deletes it

    Background:
      Given +79161234567 has talked to Anna for 40 s

    @UNS-02.a
    Scenario Outline: Boris accepts the item to the stage <stage>
      When Boris accepts the item to the stage <stage>
      Then Unsorted is empty
      And amoCRM holds one deal
      And the deal is on the stage <stage>
      And the deal is linked to the contact
      And amoCRM holds one contact with the phone +79161234567

      Examples:
        | stage                |
        | «Первичный контакт»  |
        | «Переговоры»         |

    @UNS-02.b
    Scenario: Boris declines the item, and amoCRM does not know the number any more
      When Boris declines the item
      Then Unsorted is empty
      And amoCRM holds no deals
      And amoCRM holds no contacts
      When Anna calls +79161234567 and they talk for 3 s
      Then the call log has no rows

  @UNS-03 @inferred
  Rule: After an item was accepted the number is known; after it was declined the number is as new as before

    Background:
      Given +79161234567 has talked to Anna for 40 s

    @UNS-03.a
    Scenario: The number calls again after the item was accepted
      Given Boris has accepted the item
      When +79161234567 talks to Boris for 30 s
      Then Unsorted is empty
      And amoCRM holds one deal
      And amoCRM holds one contact
      And the card of the contact shows two calls

    @UNS-03.b
    Scenario: The number calls again after the item was declined
      Given Boris has declined the item
      When +79161234567 talks to Boris for 30 s
      Then Unsorted holds one item
      And the item holds one call
      And amoCRM holds no contacts

  @UNS-04 @stated
  Rule: An item plays only the talk with the first employee of the call

    @UNS-04.a
    Scenario: Anna hands the call over to Boris
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna hands the call over to Boris after 40 s
      And Boris answers
      And the caller hangs up after 60 s
      Then the item plays Anna for 40 s

    @UNS-04.b
    Scenario: Nobody but Anna talks to the caller
      When +79161234567 talks to Anna for 100 s
      Then the item plays Anna for 100 s

    @UNS-04.c @decision
    Scenario: On the card of the contact the same call has its whole recording
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna hands the call over to Boris after 40 s
      And Boris answers
      And the caller hangs up after 60 s
      And Boris accepts the item
      Then the call on the card plays Anna for 40 s, then Boris for 60 s

    @UNS-04.d @decision
    Scenario: Nobody answered
      When +79161234567 calls and nobody answers
      Then the item holds one call
      And the item has nothing to play

  @UNS-05 @inferred
  Rule: Contact and deal in an item get the tag of successful or of lost calls
    They get it from the call that made the item; calls that join it change nothing.

    Background:
      Given successful calls get the tag «Успех»
      And lost calls get the tag «Потерян»

    @UNS-05.a @decision
    Scenario: Anna answered the call that made the item
      When +79161234567 talks to Anna for 40 s
      And Boris accepts the item
      Then the contact carries the tag «Успех»
      And the deal carries the tag «Успех»

    @UNS-05.b @decision
    Scenario: The call that made the item was lost
      When +79161234567 calls and nobody answers
      And Boris accepts the item
      Then the contact carries the tag «Потерян»
      And the deal carries the tag «Потерян»

    @UNS-05.c @decision
    Scenario: A lost call joins the item of a successful one
      Given +79161234567 has talked to Anna for 40 s
      When +79161234567 calls and nobody answers
      Then the item holds two calls
      When Boris accepts the item
      Then the contact carries the tag «Успех»
      And the deal carries the tag «Успех»

  @UNS-06 @inferred
  Rule: Contact and deal in an item have the additional fields

    @UNS-06.a
    Scenario: The deal of an accepted item names the call that made it
      When +79161234567 talks to Anna for 40 s
      And Boris accepts the item
      Then the field «communication_id» of the deal names the first call
      And the field «communication_type» of the deal is «Звонок»

    @UNS-06.b @decision
    Scenario: A second call joins the item, and the contact names that one
      Given +79161234567 has talked to Anna for 40 s
      When +79161234567 talks to Boris for 30 s
      And Boris accepts the item
      Then the field «communication_id» of the contact names the second call
      And the field «communication_id» of the deal names the first call

  @TERM-03 @decision
  Rule: A number that only an item in Unsorted knows is still primary, but its calls join that item
    The documentation counts such a number as known for the call log, and yet has no contact for it. We decided that its
    calls are primary and that no mode makes a second item of them, because one is waiting already. A site form is a
    request of its own.

    @TERM-03.a
    Scenario: The number calls twice before anybody sorted the item
      When +79161234567 talks to Anna for 40 s
      And +79161234567 talks to Boris for 30 s
      Then Unsorted holds one item
      And the item holds two calls

    @TERM-03.b
    Scenario: «Создавать контакт» is chosen while the item waits
      Given +79161234567 has talked to Anna for 40 s
      And the mode for primary calls is «Создавать контакт»
      When +79161234567 talks to Boris for 30 s
      Then amoCRM holds one contact with the phone +79161234567
      And the contact belongs to Boris
      And the card of the contact shows one call
      And Unsorted holds one item

    @TERM-03.c
    Scenario: The item was accepted before the next call
      Given +79161234567 has talked to Anna for 40 s
      And the mode for primary calls is «Создавать контакт и сделку»
      And Boris has accepted the item
      When +79161234567 talks to Boris for 30 s
      Then amoCRM holds one contact with the phone +79161234567
      And the contact belongs to Anna
      And amoCRM holds one deal

    @TERM-03.d
    Scenario: The same person sends a form from the site
      Given site forms are passed on in the mode «Использовать функционал «Неразобранное»»
      And +79161234567 has talked to Anna for 40 s
      When +79161234567 sends a form on the site
      Then Unsorted holds two items

    @TERM-03.e
    Scenario: The item was made by amoCRM itself, after ten hours
      Given the mode for primary calls is «Обрабатывать вручную»
      And +79161234567 has talked to Anna for 40 s
      When 10 hours pass
      Then Unsorted holds one item
      When +79161234567 talks to Anna for 40 s
      Then Unsorted holds one item
      And the item holds two calls
