"""The rule most suites are made of, a query that must find no row, at half the cost.

Great Expectations' own UnexpectedRowsExpectation runs each query twice, once to count the rows and once
to fetch them, though only the count is kept; and it rebuilds its own configuration some forty times a
validation. Suites name the standard type, and read as they would anywhere.
"""

from typing import Any

from great_expectations.expectations.core import UnexpectedRowsExpectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from pydantic.v1 import PrivateAttr

STANDARD = "unexpected_rows_expectation"
NAME = "unexpected_rows_count"


class UnexpectedRowsCount(UnexpectedRowsExpectation):  # type: ignore[misc]
    """UnexpectedRowsExpectation that only counts."""

    metric_dependencies = ("unexpected_rows_query.row_count",)
    _configuration: Any = PrivateAttr(default=None)

    @property
    def configuration(self) -> ExpectationConfiguration:
        """The configuration, made once: an expectation doesn't change while it is validated."""
        if self._configuration is None:
            self._configuration = super().configuration
        return self._configuration

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        count = metrics["unexpected_rows_query.row_count"]
        return {"success": count == 0, "result": {"observed_value": count}}
