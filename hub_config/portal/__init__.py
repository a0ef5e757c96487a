"""The portal: learner home, receipts, instructor pages, and the HTTP API behind them, as one hub service."""
