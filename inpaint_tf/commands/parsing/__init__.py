"""What commands share: flags, config files, one-line errors."""
