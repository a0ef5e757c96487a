"""nbgrader on a learner's server reads this file: its exchange is the portal."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821
c.ExchangeFactory.list = "hub_config.exchange.ExchangeList"
c.ExchangeFactory.fetch_assignment = "hub_config.exchange.ExchangeFetchAssignment"
c.ExchangeFactory.submit = "hub_config.exchange.ExchangeSubmit"
