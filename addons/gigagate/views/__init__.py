"""What people see of a flow: pure text made of its bytes and of what was recorded beside it."""
