Feature: Contacts of primary calls
  Where the mode makes a contact, it is there while the phone still rings. Until the call has ended it belongs to the
  administrator; then it gets the owner that it keeps.

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And the mode for primary calls is «Создавать контакт»

  @PRIM-03 @stated @smoke
  Rule: The contact appears when the call reaches the platform, before anybody answers

    @PRIM-03.a
    Scenario: The phone is still ringing
      When +79161234567 calls
      And the phone of Anna rings
      And 1 s passes
      Then amoCRM holds one contact with the phone +79161234567
      And the contact was created at the moment the call arrived

    @PRIM-03.b
    Scenario: The caller gives up after a second
      When +79161234567 calls
      And the caller hangs up after 1 s
      Then amoCRM holds one contact with the phone +79161234567
      And the contact was created at the moment the call arrived

    @PRIM-03.c
    Scenario: The caller hears a menu and nothing else
      Given the number leads to a menu
      When +79161234567 calls
      Then amoCRM holds one contact with the phone +79161234567
      When the caller hangs up after 10 s
      Then nobody was dialled
      And amoCRM holds one contact with the phone +79161234567

  @PRIM-04 @stated
  Rule: The additional fields of the contact are filled at that same moment

    @PRIM-04.a
    Scenario: A visitor of the site calls
      Given there is a campaign «Директ»
      And a visitor has come to the site with
        | utm_source          | yandex        |
        | utm_medium          | cpc           |
        | utm_campaign        | spring        |
        | utm_term            | окна          |
        | utm_content         | banner2       |
        | campaign            | Директ        |
        | search query        | купить окна   |
        | Universal Analytics | 35009a79-1a05 |
      When the visitor calls from +79161234567
      And the phone of Anna rings
      Then all additional fields of the contact are filled
      And the field «communication_id» of the contact names the call

  @PRIM-05 @stated
  Rule: A new contact first belongs to the administrator, who is also its creator
    The administrator is the one who connected the integration; we decided so, the documentation only says
    «administrator».

    @PRIM-05.a @decision
    Scenario: The call is still ringing
      When +79161234567 calls
      And the phone of Anna rings
      Then the contact belongs to Olga
      And the contact was created by Olga

    @PRIM-05.b @decision
    Scenario: Another administrator has connected the integration meanwhile
      Given Pavel connected the integration in place of Olga
      When +79161234567 calls
      And the phone of Anna rings
      Then the contact belongs to Pavel
      And the contact was created by Pavel

  @PRIM-06 @stated @smoke
  Rule: When the call ends the card passes from the administrator to its final owner
    Owner and creator become the first employee who accepted the call. It is the default responsible when the call
    was lost, when voice mail took it, and when that employee has no user in amoCRM.

    @PRIM-06.a
    Scenario: Anna answered
      When +79161234567 talks to Anna for 60 s
      Then the contact belongs to Anna
      And the contact was created by Anna

    @PRIM-06.b
    Scenario: Anna is still talking
      When +79161234567 calls
      And Anna answers after 5 s
      And 59 s pass
      Then the contact belongs to Olga
      And the contact was created by Olga

    @PRIM-06.c @decision
    Scenario: Anna answered and handed the call over to Boris
      When +79161234567 calls
      And Anna answers after 5 s
      And Anna hands the call over to Boris after 20 s
      And Boris answers
      And the caller hangs up after 40 s
      Then the contact belongs to Anna
      And the contact was created by Anna

    @PRIM-06.d @decision
    Scenario: Nobody answered
      When +79161234567 calls
      And Anna does not answer for 20 s
      And the caller hangs up
      Then the contact belongs to Rita
      And the contact was created by Rita

    @PRIM-06.e @decision
    Scenario: Viktor answered, who has no user in amoCRM
      When +79161234567 talks to Viktor for 60 s
      Then the contact belongs to Rita
      And the contact was created by Rita

    @PRIM-06.f @decision
    Scenario: The update of the card is delayed
      Given the card-update delay is 30 s
      When +79161234567 talks to Anna for 60 s
      And 29 s pass
      Then the contact belongs to Olga
      And the contact was created by Olga
      When 1 s passes
      Then the contact belongs to Anna
      And the contact was created by Anna

    @PRIM-06.g @decision
    Scenario: Voice mail took the call
      When +79161234567 calls
      And voice mail takes the call after 20 s
      And the caller hangs up after 15 s
      Then the contact belongs to Rita
      And the contact was created by Rita

    @illustration
    Scenario: amoCRM refuses the contact, so that there is none to hand over
      Given amoCRM refuses contacts
      And the card-update delay is 60 s
      When +79161234567 talks to Anna for 40 s
      And 60 s pass
      Then amoCRM holds no contacts
      And the call waits for a contact

  @PRIM-23 @decision
  Rule: Who answered is found in amoCRM by the user linked with the employee, not by the name
    The documentation does not say how employees of the telephony and users of amoCRM are told to be one person. We
    decided on the link that the synchronisation keeps, because names are not unique.

    @PRIM-23.a
    Scenario: Two employees have the same name
      Given there is an employee Galina called «Анна Иванова» in both systems
      When +79161234567 talks to Galina for 60 s
      Then the contact belongs to Galina
      And the contact was created by Galina
