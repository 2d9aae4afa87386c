"""Alerts: their payloads, when they are told, how they are signed and delivered, and the doors they go through."""
