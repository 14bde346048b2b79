"""The transcript in the README is what `make run` prints."""

from __future__ import annotations

from pathlib import Path

from emulator.stand.stand import Stand
from emulator.stand.story import tell

README = Path(__file__).parents[3] / "README.md"


async def test_the_readme_shows_what_the_story_tells() -> None:
    lines: list[str] = []
    async with Stand() as stand:
        await tell(stand, lines.append)
    told = "\n".join(lines)
    assert f"```text\n{told}\n```" in README.read_text("utf-8")
