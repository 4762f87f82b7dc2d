"""The generator and the two critics, as tables of layers."""
