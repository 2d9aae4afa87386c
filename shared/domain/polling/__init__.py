"""Of one feed's polls: what was new, when to ask next, and whether its silence is an ordinary one."""
