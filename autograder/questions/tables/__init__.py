"""Tables that learners edit, for the kind ``table``: their form, what an answer makes of them, rules for the whole."""
