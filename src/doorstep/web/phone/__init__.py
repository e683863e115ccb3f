"""The app for the phone: its one page, what makes it installable, and the service worker that keeps it without a network."""
