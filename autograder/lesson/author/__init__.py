"""What lecturers see and learners never do: the start page, the bar of a lesson, the review of a question.

``desk``
    who is an author, and where their own answers are kept
``forms``
    what the page's form sends → a question's block
``review``
    what is wrong with a question, what the samples earn, what an answer earns
``commands``
    ``hocvuso`` commands, run for the page
``widgets``
    the three widgets; their files are in ``static/``
``texts``
    every text of theirs
"""
