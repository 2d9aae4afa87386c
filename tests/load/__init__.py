"""The load run: thousands of alerts to good and bad receivers, with and without kills of the delivering worker."""
