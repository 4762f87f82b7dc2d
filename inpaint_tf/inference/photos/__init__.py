"""Completing photos: faces of any size at any place, brought to the network as it knows them."""
