"""From curriculum source to what learners get, through nbgrader's own generate_assignment."""
