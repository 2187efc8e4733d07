"""Why a change could not be sent to a wallet. Only background jobs see these."""


class WalletUnavailable(Exception):
    """Apple or Google does not answer, or not to us: nobody's passes can be updated now."""


class PassRefused(Exception):
    """Apple or Google refuses an update of one pass."""
