Feature: The communication that led to a sale
  Deals that were won go to the telephony, and the communication that led to each gets the tag «Продажа» there. Which one
  that is, the deal says, else its contact, else the notes on the card of the contact.

  Background:
    Given Olga connected the integration
    And deals that are won are passed on to the telephony

  @SALE-02 @stated
  Rule: A deal that the integration made goes to the communication that made it

    Background:
      Given the mode for primary calls is «Создавать контакт и сделку»

    @SALE-02.a
    Scenario: The contact has called again since
      Given +79161234567 has talked to Anna for 60 s
      And +79161234567 has talked to Boris for 30 s
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the first call carries the tag «Продажа» in the telephony

    @SALE-02.b
    Scenario: The deal of a call is now that of a contact made by hand
      Given +79161234567 has talked to Anna for 60 s
      And Anna has emptied the field «communication_id» of the contact
      And +79161234567 has talked to Boris for 30 s
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the first call carries the tag «Продажа» in the telephony

    @illustration
    Scenario: A site form made the deal
      Given site forms are passed on in the mode «Создавать сделку и контакт»
      And +79161234567 has sent a form on the site
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the form carries the tag «Продажа» in the telephony

  @SALE-03 @stated
  Rule: «communication_id» alone says whether the integration made a card

    @SALE-03.a
    Scenario: Deal and contact name communications, and that of the deal is the one
      Given the mode for primary calls is «Создавать контакт и сделку»
      And site forms are passed on in the mode «Использовать функционал «Неразобранное»»
      And +79161234567 has talked to Anna for 60 s
      And +79161234567 has sent a form on the site
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the call carries the tag «Продажа» in the telephony

    @SALE-03.b
    Scenario Outline: The field of a deal made by hand <is empty>
      Given the mode for primary calls is «Создавать контакт»
      And +79161234567 has talked to Anna for 60 s
      And there is a deal «Окна» of the contact
      And <what was done>
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the call carries the tag «Продажа» in the telephony

      Examples:
        | is empty            | what was done                                                     |
        | is gone             | somebody has deleted the additional fields in amoCRM              |
        | was emptied         | Anna has emptied the field «communication_id» of the deal         |
        | holds an empty text | Anna has written «» into the field «communication_id» of the deal |

    @SALE-03.c @decision
    Scenario: There are only spaces in the field
      Given the mode for primary calls is «Создавать контакт»
      And +79161234567 has talked to Anna for 60 s
      And there is a deal «Окна» of the contact
      And Anna has written «  » into the field «communication_id» of the deal
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the call carries the tag «Продажа» in the telephony

    @SALE-03.d
    Scenario: Anna types the number of somebody else's call into a deal made by hand
      Given the mode for primary calls is «Создавать контакт»
      And +79161234567 has talked to Anna for 60 s
      And there is a deal «Окна» of the contact
      And +79169998877 has talked to Boris for 60 s
      And Anna has written the number of the call into the field «communication_id» of the deal
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the second call carries the tag «Продажа» in the telephony

    @SALE-03.e
    Scenario: Anna empties the field of a deal that a call made
      Given the mode for primary calls is «Создавать контакт и сделку»
      And +79161234567 has talked to Anna for 60 s
      And +79161234567 has talked to Boris for 30 s
      And Anna has emptied the field «communication_id» of the deal
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the second call carries the tag «Продажа» in the telephony

  @SALE-05 @stated
  Rule: A deal made by hand that has no contact is not passed on

    @SALE-05.a
    Scenario: The deal has neither contact nor company
      Given +79161234567 has talked to Anna for 60 s
      And there is a deal «Окна»
      When Anna wins the deal
      And the deals of the day are passed on
      Then nothing carries the tag «Продажа» in the telephony
      And the transfer of deals shows success at this moment

    @SALE-05.b
    Scenario: The deal has a company, which called
      Given there is a company «Окна и двери» with the phone +79161234567
      And +79161234567 has talked to Anna for 60 s
      And there is a deal «Окна» of the company
      When Anna wins the deal
      And the deals of the day are passed on
      Then nothing carries the tag «Продажа» in the telephony

    @SALE-05.c @decision
    Scenario: A call made the deal, and it has no contact
      Given the mode for primary calls is «Создавать сделку»
      And +79161234567 has talked to Anna for 60 s
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the call carries the tag «Продажа» in the telephony

    @SALE-05.d
    Scenario: The deal gets a contact after the run
      Given the mode for primary calls is «Создавать контакт»
      And +79161234567 has talked to Anna for 60 s
      And there is a deal «Окна»
      When Anna wins the deal
      And the deals of the day are passed on
      And Anna links the deal to the contact
      And the deals of the day are passed on
      Then nothing carries the tag «Продажа» in the telephony

  @SALE-06 @stated
  Rule: A deal made by hand whose contact the integration made goes to the last communication of the contact

    Background:
      Given the mode for primary calls is «Создавать контакт»
      And +79161234567 has talked to Anna for 60 s

    @SALE-06.a
    Scenario: The contact has called again, twice
      Given +79161234567 has talked to Boris for 30 s
      And +79161234567 has talked to Anna for 30 s
      And there is a deal «Окна» of the contact
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the third call carries the tag «Продажа» in the telephony

    @SALE-06.b
    Scenario: The contact has called once
      Given there is a deal «Окна» of the contact
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the call carries the tag «Продажа» in the telephony

    @SALE-06.c @decision
    Scenario: The contact calls again after the deal was won
      Given there is a deal «Окна» of the contact
      When Anna wins the deal
      And +79161234567 talks to Boris for 30 s
      And the deals of the day are passed on
      Then only the second call carries the tag «Продажа» in the telephony

    @illustration
    Scenario: The last communication of the contact is a site form
      Given there is a deal «Окна» of the contact
      And site forms are passed on in the mode «Использовать функционал «Неразобранное»»
      And +79161234567 has sent a form on the site
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the form carries the tag «Продажа» in the telephony

  @SALE-10 @stated
  Rule: Where deal and contact were made by hand, the settings choose: the first communication, or the last in a period
    The period is counted back from the moment at which the deal was won, and both ends are inside. What came later does
    not count.

    Background:
      Given it is 2026-05-01 at 12:00
      And there is a contact «Иван» with the phone +79161234567
      And there is a deal «Окна» of the contact

    Scenario Outline: The contact called on the 1st, the 10th and the 20th, and the deal is won on the 25th: <choice>
      Given deals made by hand go to the <choice>
      And the period for deals made by hand is <days> days
      And +79161234567 has talked to Anna for 60 s
      And it is 2026-05-10 at 12:00
      And +79161234567 has talked to Anna for 60 s
      And it is 2026-05-20 at 12:00
      And +79161234567 has talked to Anna for 60 s
      When it is 2026-05-25 at 12:00
      And Anna wins the deal
      And the deals of the day are passed on
      Then only the <nth> call carries the tag «Продажа» in the telephony

      Examples:
        | case      | choice                               | days | nth   |
        | SALE-10.a | first communication of their contact | 30   | first |
        | SALE-10.b | last communication within 30 days    | 30   | third |
        | SALE-10.e | first communication of their contact | 3    | first |

    @SALE-10.c
    Scenario: The last call is older than the period
      Given deals made by hand go to the last communication within 3 days
      And it is 2026-05-20 at 12:00
      And +79161234567 has talked to Anna for 60 s
      When it is 2026-05-25 at 12:00
      And Anna wins the deal
      And the deals of the day are passed on
      Then nothing carries the tag «Продажа» in the telephony
      And the transfer of deals shows success at this moment

    @SALE-10.d @decision
    Scenario Outline: The call came at <came>, five days before the deal is won
      Given deals made by hand go to the last communication within 5 days
      And it is 2026-05-20 at <came>
      And +79161234567 has talked to Anna for 60 s
      When it is 2026-05-25 at 12:00
      And Anna wins the deal
      And the deals of the day are passed on
      Then <what> carries the tag «Продажа» in the telephony

      Examples:
        | came     | what          |
        | 12:00:00 | only the call |
        | 11:59:59 | nothing       |

    @decision
    Scenario Outline: The contact calls after the deal was won, and the deal goes to the <choice>
      Given deals made by hand go to the <choice>
      When it is 2026-05-25 at 12:00
      And Anna wins the deal
      And it is 12:00:01
      And +79161234567 talks to Anna for 60 s
      And the deals of the day are passed on
      Then nothing carries the tag «Продажа» in the telephony

      Examples:
        | case      | choice                               |
        | SALE-10.f | first communication of their contact |
        |           | last communication within 30 days    |

    @illustration
    Scenario Outline: Anna wins the deal as the contact calls, and the deal goes to the <choice>
      Given deals made by hand go to the <choice>
      And it is 2026-05-25 at 12:00
      When +79161234567 calls
      And Anna wins the deal
      And Anna answers after 5 s
      And the caller hangs up after 60 s
      And +79161234567 talks to Anna for 60 s
      And the deals of the day are passed on
      Then only the first call carries the tag «Продажа» in the telephony

      Examples:
        | choice                               |
        | first communication of their contact |
        | last communication within 30 days    |

  @SALE-11 @stated
  Rule: Of a contact made by hand only what is noted on its card can be chosen: incoming calls and site forms
    Outgoing calls do not come from the contact.

    Background:
      Given it is 2026-05-01 at 12:00

    @SALE-11.a
    Scenario: amoCRM did not keep the call, because the number was unknown then
      Given +79161234567 has talked to Anna for 5 s
      And there is a contact «Иван» with the phone +79161234567
      And there is a deal «Окна» of the contact
      When Anna wins the deal
      And the deals of the day are passed on
      Then nothing carries the tag «Продажа» in the telephony

    @SALE-11.b
    Scenario: Anna has written about a call
      Given +79169998877 has talked to Anna for 40 s
      And there is a contact «Иван» with the phone +79161234567
      And there is a deal «Окна» of the contact
      And Anna has written the number of the call into a note on the contact
      When Anna wins the deal
      And the deals of the day are passed on
      Then nothing carries the tag «Продажа» in the telephony

    @SALE-11.c @decision
    Scenario: The contact called by way of another telephony
      Given +79169998877 has talked to Anna for 40 s
      And there is a contact «Иван» with the phone +79161234567
      And there is a deal «Окна» of the contact
      And another telephony has noted a call on the contact, under the number of the call
      When Anna wins the deal
      And the deals of the day are passed on
      Then nothing carries the tag «Продажа» in the telephony

    @SALE-11.d
    Scenario: The contact never called, but somebody else did
      Given +79169998877 has talked to Anna for 40 s
      And there is a contact «Иван» with the phone +79161234567
      And there is a deal «Окна» of the contact
      When Anna wins the deal
      And the deals of the day are passed on
      Then nothing carries the tag «Продажа» in the telephony
      And the transfer of deals shows success at this moment

    @SALE-11.e @decision
    Scenario: Anna called the contact, and the contact called back days later
      Given deals made by hand go to the first communication of their contact
      And there is a contact «Иван» with the phone +79161234567
      And there is a deal «Окна» of the contact
      And Anna has called +79161234567 and they talked for 60 s
      And it is 2026-05-10 at 12:00
      And +79161234567 has talked to Anna for 60 s
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the second call carries the tag «Продажа» in the telephony

    @SALE-11.f @decision
    Scenario: The contact sent a form
      Given site forms are passed on in the mode «Создавать сделку и контакт»
      And there is a contact «Иван» with the phone +79161234567
      And +79161234567 has sent a form on the site
      And there is a deal «Двери» of the contact
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the form carries the tag «Продажа» in the telephony

    @SALE-11.g @decision
    Scenario: The call is older than the contact
      Given deals made by hand go to the first communication of their contact
      And +79161234567 has talked to Anna for 40 s
      And 5 hours have passed
      And there is a contact «Иван» with the phone +79161234567
      And +79161234567 has talked to Anna for 60 s
      And there is a deal «Окна» of the contact
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the first call carries the tag «Продажа» in the telephony

  @SALE-12 @inferred
  Rule: One of the four ways decides, and a deal has one communication at most

    @SALE-12.a
    Scenario: The deal, the contact and the notes name communications
      Given the mode for primary calls is «Создавать контакт и сделку»
      And +79161234567 has talked to Anna for 60 s
      And +79161234567 has talked to Boris for 60 s
      And site forms are passed on in the mode «Использовать функционал «Неразобранное»»
      And +79161234567 has sent a form on the site
      When Anna wins the deal
      And the deals of the day are passed on
      Then only the first call carries the tag «Продажа» in the telephony

    @SALE-12.b
    Scenario: None of them finds a communication
      Given +79161234567 has talked to Anna for 60 s
      And there is a contact «Пётр» with the phone +79169998877
      And there is a deal «Окна» of the contact
      When Anna wins the deal
      And the deals of the day are passed on
      Then nothing carries the tag «Продажа» in the telephony
      And «Список сделок» is empty
