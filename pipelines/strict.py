"""What is declared as data (catalogue, registers, questionnaires, structures): read once, and no unknown key."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """A declaration: a key that nobody reads is a mistake, and nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
