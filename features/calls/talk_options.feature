Feature: Talk options
  In a talk an employee presses keys: to ask a colleague and hand the call over, to mark the call, to end it. They are
  the same on every telephone.

  @PHONE-12 @stated
  Rule: Talk options do not work in the first seconds of a talk, on any telephone
    The documentation leaves open how long. The vendor names 30 s for outgoing calls; for incoming ones we chose 3 s. Both
    are settings of the telephony.

    @PHONE-12.a @decision
    Scenario: The time is a setting
      Given talk options do not work in the first 20 s of incoming talks
      And Anna has just begun an incoming talk with +79161234567
      When Anna presses *3 and the number of Boris after 19 s
      Then the phone of Boris is silent
      When Anna presses *3 and the number of Boris after 1 s
      Then the phone of Boris is ringing

    @PHONE-12.b @decision
    Scenario: Anna talks by her mobile
      When +79161234567 calls
      And Anna does not answer for 20 s
      And Anna answers the mobile after 5 s
      And Anna presses *3 and the number of Boris after 2 s
      Then the phone of Boris is silent
      When Anna presses *3 and the number of Boris after 1 s
      Then the phone of Boris is ringing

    @PHONE-12.c @decision
    Scenario: An outgoing talk
      Given Anna has just begun an outgoing talk with +79161234567
      When Anna presses *3 and the number of Boris after 29 s
      Then the phone of Boris is silent
      When Anna presses *3 and the number of Boris after 1 s
      Then the phone of Boris is ringing

    @PHONE-12.d @decision
    Scenario: An incoming talk
      Given Anna has just begun an incoming talk with +79161234567
      When Anna presses *3 and the number of Boris after 2 s
      Then the phone of Boris is silent
      When Anna presses *3 and the number of Boris after 1 s
      Then the phone of Boris is ringing
