"""What the app on a phone exchanges with the server (docs/sync.md)."""
