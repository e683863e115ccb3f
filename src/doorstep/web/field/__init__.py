"""What the app on a phone is given to keep (docs/sync.md): its own people, families and forms, or what changed of them."""
