"""Entitlements, claims, reviews, notices, payments: their place is kept here, nothing stands in it yet."""
