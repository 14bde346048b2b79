Feature: Site forms
  What visitors fill in on a site, the telephony tells the integration. Site forms have a mode of their own: they make
  deals and contacts, or items in «Неразобранное».

  Background:
    Given Olga connected the integration
    And Rita is the default responsible
    And site forms are passed on in the mode «Создавать сделку и контакт»

  @FORM-01 @stated
  Rule: Once site forms are passed on at all, forms of every kind are

    @FORM-01.a
    Scenario: Site forms are not passed on
      Given site forms are not passed on
      When +79161234567 sends a form on the site
      Then amoCRM holds no contacts
      And amoCRM holds no deals
      And Unsorted is empty

    @FORM-01.b
    Scenario Outline: An unknown person sends a form of the kind «<kind>»
      When +79161234567 sends a form of the kind «<kind>» on the site
      Then amoCRM holds one contact with the phone +79161234567
      And the deal is linked to the contact

      Examples:
        | kind                       |
        | request                    |
        | order of a callback        |
        | form of the lead generator |

    @FORM-01.c
    Scenario: Calls are handled by hand
      Given the mode for primary calls is «Обрабатывать вручную»
      When +79161234567 sends a form on the site
      Then amoCRM holds one contact with the phone +79161234567
      And amoCRM holds one deal
      When +79169998877 talks to Anna for 40 s
      Then amoCRM holds one contact

  @FORM-02 @stated
  Rule: There are two modes for site forms, and one of them applies

    @FORM-02.a
    Scenario Outline: The mode for site forms is <mode>
      Given site forms are passed on in the mode <mode>
      When +79161234567 sends a form on the site
      Then amoCRM holds <contacts>
      And amoCRM holds <deals>
      And Unsorted holds <items>
      And the settings refuse «Создавать компанию» as the mode for site forms and name the two there are

      Examples:
        | mode                                      | contacts    | deals    | items    |
        | «Создавать сделку и контакт»              | one contact | one deal | no items |
        | «Использовать функционал «Неразобранное»» | no contacts | no deals | one item |

  @FORM-03 @stated
  Rule: «Создавать сделку и контакт» makes a deal of every form

    @FORM-03.a
    Scenario: An unknown person sends a form, and a contact does
      When +79161234567 sends a form on the site
      Then amoCRM holds one deal
      Given there is a contact «Иван» with the phone +79169998877
      When +79169998877 sends a form on the site
      Then amoCRM holds two deals

    @FORM-03.b
    Scenario: The same person sends two forms
      Given +79161234567 has sent a form on the site
      When 10 minutes pass
      And +79161234567 sends a form on the site
      Then amoCRM holds two deals
      And amoCRM holds one contact

    @illustration
    Scenario: Two forms with one e-mail come at the same instant
      When two visitors with one e-mail send forms at the same instant, while amoCRM takes 1 s for each answer
      Then amoCRM holds one contact
      And amoCRM holds two deals

  @FORM-04 @stated
  Rule: «Создавать сделку и контакт» makes a contact of a form if its sender is not known yet

    @FORM-04.a
    Scenario: An unknown person sends a form
      When a visitor sends a form on the site with
        | name      | Иван           |
        | telephone | +79161234567   |
        | e-mail    | ivan@okna.test |
        | text      | Нужны окна     |
      Then amoCRM holds one contact with the phone +79161234567
      And the contact is called «Иван»
      And the deal is linked to the contact
      And the card of the contact has a note that says «Нужны окна» and names the form

    @FORM-04.b
    Scenario: A contact sends a form
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 sends a form on the site
      Then amoCRM holds one contact
      And the deal is linked to the contact

    @FORM-04.c
    Scenario: A contact that was made of a call sends a form
      Given the mode for primary calls is «Создавать контакт»
      And +79161234567 has talked to Anna for 60 s
      When +79161234567 sends a form on the site
      Then the field «communication_id» of the contact names the form
      And the field «communication_type» of the contact is «Заявка с сайта»
      And the field «communication_source» of the contact is «okna.test»
      And the field «communication_id» of the deal names the form

    @FORM-04.d @decision
    Scenario: The card of a contact says that a form came
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 sends a form on the site
      Then the card of the contact has a note that names the form

    @illustration
    Scenario: amoCRM takes no contact for a while
      Given amoCRM refuses contacts
      When +79161234567 sends a form on the site
      Then amoCRM holds no contacts
      And amoCRM holds one deal
      And the deal is linked to no contact
      When +79161234567 talks to Anna for 40 s
      Then the call log has one row

  @FORM-05 @stated
  Rule: «Использовать функционал «Неразобранное»» makes an item of a form

    Background:
      Given site forms are passed on in the mode «Использовать функционал «Неразобранное»»

    @FORM-05.a
    Scenario: The form of an unknown person waits in Unsorted
      When +79161234567 sends a form on the site
      Then Unsorted holds one item
      And amoCRM holds no contacts
      When Anna accepts the item
      Then amoCRM holds one contact with the phone +79161234567
      And the deal is linked to the contact

    @FORM-05.b
    Scenario: The form of a contact waits in Unsorted too
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 sends a form on the site
      Then Unsorted holds one item
      And amoCRM holds no deals
      And the card of the contact has no note

    @FORM-05.c @decision
    Scenario: The form of a contact that was made of a call waits, and its card shows the form at once
      Given the mode for primary calls is «Создавать контакт»
      And +79161234567 has talked to Anna for 60 s
      When +79161234567 sends a form on the site
      Then the field «communication_id» of the contact names the form
      When Anna accepts the item
      Then amoCRM holds one contact
      And the deal is linked to the contact

  @FORM-06 @stated
  Rule: «Использовать функционал «Неразобранное»» can be limited to forms of people who are not known yet

    Background:
      Given only site forms of new people are passed on

    @FORM-06.a
    Scenario: An unknown person is within the limit
      Given site forms are passed on in the mode «Использовать функционал «Неразобранное»»
      When +79161234567 sends a form on the site
      Then Unsorted holds one item

    @illustration
    Scenario: The limit is none of the mode «Создавать сделку и контакт»
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 sends a form on the site
      Then amoCRM holds one deal

  @FORM-07 @stated
  Rule: With that limit a form of somebody who is known leaves nothing in amoCRM

    Background:
      Given site forms are passed on in the mode «Использовать функционал «Неразобранное»»
      And only site forms of new people are passed on

    @FORM-07.a
    Scenario: A contact is not
      Given there is a contact «Иван» with the phone +79161234567
      When +79161234567 sends a form on the site
      Then Unsorted is empty
      And amoCRM holds no deals
      And the card of the contact has no note

    @decision
    Scenario Outline: Somebody sends a form whose e-mail is known
      Given there is a contact «Иван» with the e-mail «ivan@okna.test»
      When a visitor sends a form on the site with
        | telephone | <telephone>    |
        | e-mail    | Ivan@OKNA.test |
      Then Unsorted is empty
      And amoCRM holds no deals

      Examples:
        | case      | telephone    |
        | FORM-07.b | +79161234567 |
        |           |              |

    @FORM-07.c @decision
    Scenario: Only an item that waits knows the number
      Given +79161234567 has sent a form on the site
      When +79161234567 sends a form on the site
      Then Unsorted holds two items

    @FORM-07.d @decision
    Scenario: The fields of an automatic contact stay as they were
      Given the mode for primary calls is «Создавать контакт»
      And +79161234567 has talked to Anna for 60 s
      When +79161234567 sends a form on the site
      Then the field «communication_id» of the contact names the call
      And the field «communication_type» of the contact is «Звонок»

  @FORM-08 @stated
  Rule: Whatever a form makes belongs to «Ответственный сотрудник»

    @FORM-08.a @decision
    Scenario: Contact and deal of a form
      When +79161234567 sends a form on the site
      Then the contact belongs to Rita
      And the contact was created by Rita
      And the deal belongs to Rita

    @FORM-08.b
    Scenario: A contact of Anna sends a form
      Given Anna has made a contact «Иван» with the phone +79161234567
      When +79161234567 sends a form on the site
      Then the deal belongs to Rita
      And the contact belongs to Anna

    @FORM-08.c
    Scenario: A form makes an item
      Given site forms are passed on in the mode «Использовать функционал «Неразобранное»»
      When +79161234567 sends a form on the site
      And the item is accepted and its deal stays whose it is
      Then the contact belongs to Rita
      And the deal belongs to Rita

    @FORM-08.d
    Scenario: Rita does not work there any more
      Given Rita is deleted in amoCRM
      When +79161234567 sends a form on the site
      Then the contact belongs to Olga
      And the deal belongs to Olga

  @FORM-09 @stated
  Rule: Contacts, deals and items that a form makes can get a tag

    @FORM-09.a
    Scenario: Contacts and deals get different tags
      Given contacts of site forms get the tag «Сайт»
      And deals of site forms get the tag «Окна»
      When +79161234567 sends a form on the site
      Then the contact carries the tag «Сайт»
      And the deal carries the tag «Окна»

    @FORM-09.b
    Scenario: A contact of old gets no tag
      Given contacts of site forms get the tag «Сайт»
      And deals of site forms get the tag «Сайт»
      And there is a contact «Иван» with the phone +79161234567
      When +79161234567 sends a form on the site
      Then the contact carries no tag
      And the deal carries the tag «Сайт»

    @FORM-09.c
    Scenario: Contact and deal inside of an item get its tag
      Given site forms are passed on in the mode «Использовать функционал «Неразобранное»»
      And items of site forms get the tag «Сайт»
      And +79161234567 has sent a form on the site
      When Anna accepts the item
      Then the contact carries the tag «Сайт»
      And the deal carries the tag «Сайт»

    @FORM-09.d
    Scenario: Calls get tags and forms do not
      Given successful calls get the tag «Успех»
      When +79161234567 sends a form on the site
      Then the contact carries no tag
      And the deal carries no tag

  @FORM-10 @stated
  Rule: «communication_type» of what a form makes is «Заявка с сайта»

    @FORM-10.a
    Scenario: Contact and deal say what made them
      When +79161234567 sends a form on the site
      Then the field «communication_type» of the contact is «Заявка с сайта»
      And the field «communication_type» of the deal is «Заявка с сайта»

  @FORM-11 @inferred
  Rule: A form is never lost: it brings no task, no tag of lost calls and no row of the call log

    @FORM-11.a
    Scenario: A form comes in the evening
      Given tasks for lost incoming calls are on
      And lost calls get the tag «Потерян»
      And it is 20:00
      When +79161234567 sends a form on the site
      Then amoCRM holds no tasks
      And the contact carries no tag
      And the deal carries no tag
      And the call log has no rows

  @FORM-12 @inferred
  Rule: The mode for calls and the mode for site forms do not touch each other

    @FORM-12.a
    Scenario: Somebody calls, then sends a form
      Given the mode for primary calls is «Создавать контакт»
      And site forms are passed on in the mode «Использовать функционал «Неразобранное»»
      And +79161234567 has talked to Anna for 60 s
      When +79161234567 sends a form on the site
      Then amoCRM holds one contact
      And Unsorted holds one item
      And the item is about the contact «+7 916 123-45-67»

    @FORM-12.b
    Scenario: Somebody sends a form, then calls
      Given the mode for primary calls is «Создавать контакт и сделку»
      And +79161234567 has sent a form on the site
      When +79161234567 talks to Anna for 60 s
      Then amoCRM holds one contact
      And amoCRM holds one deal
      And the contact belongs to Rita
