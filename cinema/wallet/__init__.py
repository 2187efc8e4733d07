"""Tickets in the wallets of phones: Apple Wallet and Google Wallet."""
