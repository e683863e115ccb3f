"""What people say about the service itself: complaints with a code, sealed to the reviewer, answered by a clock (C19)."""
