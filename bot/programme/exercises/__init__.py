"""/exercises: all holds on one sheet, by the method's three questions; one is chosen by a tap."""
