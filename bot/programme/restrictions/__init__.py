"""/restrict: what a coach asks an athlete to leave out, until a day or a stage."""
