Feature: Deals in the reports of the telephony
  Deals that were closed in amoCRM are passed on to the telephony. Its reports show those that came from a site, and
  only while «Учитывать продажи» is on for that site. The tag «Продажа» does not depend on either.

  Background:
    Given Olga connected the integration

  @REP-01 @stated
  Rule: Reports leave out a site's deals unless «Учитывать продажи» is on for that site

    @REP-01.a
    Scenario: The option is on
      Given «Учитывать продажи» is on for the site
      And a visitor of the site has talked to Anna
      When the deal «Окна» of the call is passed on
      Then «Список сделок» lists «Окна»
      And the call carries the tag «Продажа» in the telephony

    @REP-01.b @decision
    Scenario: The option is off
      Given «Учитывать продажи» is off for the site
      And a visitor of the site has talked to Anna
      When the deal «Окна» of the call is passed on
      Then «Список сделок» is empty
      And the call carries the tag «Продажа» in the telephony

    @REP-01.c @decision
    Scenario: The option is switched on after the deal was passed on
      Given «Учитывать продажи» is off for the site
      And a visitor of the site has talked to Anna
      When the deal «Окна» of the call is passed on
      Then «Список сделок» is empty
      When «Учитывать продажи» is switched on for the site
      Then «Список сделок» lists «Окна»

    @REP-01.d @decision
    Scenario: The call did not come from a site
      Given «Учитывать продажи» is on for the site
      And +79161234567 has talked to Anna for 30 s
      When the deal «Окна» of the call is passed on
      Then «Список сделок» is empty
      And the call carries the tag «Продажа» in the telephony

  @REP-02 @stated
  Rule: «Список сделок» lists a deal only through a communication that belongs to a site

    Background:
      Given «Учитывать продажи» is on for the site

    @REP-02.a
    Scenario: One call came from the site, the other from nowhere
      Given a visitor of the site has talked to Anna
      And the deal «Окна» of the call was passed on
      And +79169998877 has talked to Boris for 30 s
      When the deal «Двери» of the call is passed on
      Then «Список сделок» lists «Окна»
      And the call carries the tag «Продажа» in the telephony

    @REP-02.b
    Scenario: The call came from a site whose option is off
      Given there is a second site
      And «Учитывать продажи» is off for the second site
      And a visitor of the second site has talked to Anna
      When the deal «Окна» of the call is passed on
      Then «Список сделок» is empty
