"""The digest: new and grown alerts in words, as an HTML mail and as JSON for a webhook."""
