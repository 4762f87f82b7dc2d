"""The step, its losses and critics, and the run around it. Imports everything but doctor,
evaluation (its scores excepted) and commands."""
