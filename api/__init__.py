"""How it is reached: the HTTP service and the yizhan command."""
