"""Why a wallet could not be told of a change. Only background jobs see these."""


class WalletUnavailable(Exception):
    """Apple or Google does not answer, or not to us: nobody's passes can be updated now."""


class PassRefused(Exception):
    """Apple or Google refuses what is said about one pass."""
