"""What a learner does, from opening a module to a graded submission, and the jobs behind it.

These functions are the one path for pages, HTTP API and command line; each works in its caller's transaction.
"""
