"""/quiz: the method's three questions on the sheet of exercises; nothing is stored."""
