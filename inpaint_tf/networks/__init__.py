"""Networks as tables of layers. Imports images, engines."""
