"""The loops that poll, save and follow, and the runtime that holds them."""
