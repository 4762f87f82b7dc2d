"""What commands share: flags, config files, errors told in one line."""
