Feature: Primary and secondary communications
  A communication is primary when amoCRM does not know the other party, and secondary when it does. In these examples
  a primary one shows by what its mode makes of it.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And the mode for primary calls is «Создавать контакт»

  @TERM-01 @stated
  Rule: A communication is primary when amoCRM does not know the other party, whoever began it

    @TERM-01.a
    Scenario: An unknown number calls
      When +79161234567 calls
      Then amoCRM holds one contact with the phone +79161234567

    @TERM-01.b
    Scenario: Anna calls an unknown number
      Given «Применять настройки для исходящих звонков» is on
      When Anna clicks the number +79161234567
      Then amoCRM holds one contact with the phone +79161234567

    @TERM-01.c
    Scenario: An unknown person sends a form
      Given site forms are passed on in the mode «Создавать сделку и контакт»
      When +79161234567 sends a form on the site
      Then amoCRM holds one contact with the phone +79161234567
      And the deal is linked to the contact

    @TERM-01.d
    Scenario: The contact was deleted the day before
      Given there is a contact «Иван» with the phone +79161234567
      When Anna deletes the contact
      And 24 hours pass
      And +79161234567 calls
      Then amoCRM holds one contact with the phone +79161234567
      And the contact was created at the moment the call arrived

  @TERM-02 @stated
  Rule: A communication is secondary when the number is in amoCRM already
    Numbers are compared by their last ten digits, however they are written.

    @TERM-02.a
    Scenario Outline: The number is on a contact, and <call>
      Given the mode for primary calls is «Создавать контакт и сделку»
      And «Применять настройки для исходящих звонков» is on
      And there is a contact «Иван» with the phone +79161234567
      When <call>
      Then amoCRM holds one contact
      And amoCRM holds no deals
      And the card of the contact shows one call

      Examples:
        | call                                           |
        | +79161234567 talks to Anna for 60 s            |
        | Anna calls +79161234567 and they talk for 60 s |

    @TERM-02.b
    Scenario: The number is the second phone of a contact
      Given there is a contact «Иван» with the phones +79035554433 and +79161234567
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds one contact
      And the card of the contact shows one call

    @TERM-02.c @decision
    Scenario: The number is written differently on the card
      Given there is a contact «Иван» with the phone 8 916 123-45-67
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds one contact
      And the card of the contact shows one call

    @TERM-02.d @decision
    Scenario: Only a company has the number
      Given there is a company «Окна» with the phone +79161234567
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds no contacts
      And the call is on the company «Окна»

  @TERM-04 @decision
  Rule: Whether a communication is primary is decided once, when it arrives
    The documentation is silent. We decided so because in «Создавать контакт» the call itself makes the contact: looked
    at later it would always be secondary, and neither owner nor tag would ever be set.

    @TERM-04.a
    Scenario: The call that made the contact is still primary at its end
      Given successful calls get the tag «Успех»
      When +79161234567 talks to Boris for 60 s
      Then the contact belongs to Boris
      And the contact carries the tag «Успех»

    @illustration
    Scenario: The word that the call arrives is lost, so that it is recorded a day later and nothing else is done
      Given the mode for primary calls is «Создавать сделку»
      And the telephony's word that a call arrives is lost
      When +79161234567 talks to Boris for 60 s
      And Anna makes a contact «Иван» with the phone +79161234567
      And 24 hours pass
      Then the call is on the contact «Иван»
      And amoCRM holds no deals

    @TERM-04.b
    Scenario: Anna makes the contact while she talks, and the mode makes a deal
      Given the mode for primary calls is «Создавать сделку»
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna makes a contact «Иван» with the phone +79161234567
      And the caller hangs up after 60 s
      Then the call is on the contact «Иван»
      And amoCRM holds one deal
      And the deal is linked to the contact

    @TERM-04.c
    Scenario: Anna makes the contact while she talks, and the mode makes an item
      Given the mode for primary calls is «Использовать функционал «Неразобранное»»
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna makes a contact «Иван» with the phone +79161234567
      And the caller hangs up after 60 s
      Then Unsorted holds one item
      And the item is about the contact «Иван»
      When Boris accepts the item
      Then amoCRM holds one contact
      And the deal is linked to the contact
