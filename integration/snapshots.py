"""Snapshots of tenants by name: images in memory, or with a folder one file each, written all at once."""

from __future__ import annotations

import shutil
from pathlib import Path

from integration.problems import Problem
from integration.store import DamagedError, Image, check_image, write_image


class Snapshots:
    """All snapshots of all tenants. They are kept in `folder` if there is one."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._images: dict[tuple[str, str], Image] = {}

    def keep(self, tenant: str, name: str, image: Image) -> None:
        """Keep `image` under the name, in place of another of that name."""
        if self._folder is None:
            self._images[tenant, name] = image
            return
        try:
            for folder in (self._folder, self._folder / tenant):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_image(self._folder / tenant / name, image)
        except OSError as error:
            raise Problem(503, "Snapshot not stored", f"The snapshot {name!r} cannot be stored: {error}") from None

    def find(self, tenant: str, name: str) -> Image:
        """The image of that name: a 404 when there is none, a 409 when its file is no whole one of this version."""
        if (tenant, name) in self._images:
            return self._images[tenant, name]
        if self._folder is None or not (path := self._folder / tenant / name).is_file():
            raise Problem(404, "Unknown snapshot", f"Tenant {tenant!r} has no snapshot {name!r}")
        image = path.read_bytes()
        try:
            check_image(image)
        except DamagedError as error:
            detail = f"The snapshot {name!r} of tenant {tenant!r} cannot be used: {error}"
            raise Problem(409, "Damaged snapshot", detail) from None
        return image

    def forget(self, tenant: str) -> None:
        """Forget all of one tenant."""
        self._images = {key: image for key, image in self._images.items() if key[0] != tenant}
        if self._folder is not None:
            shutil.rmtree(self._folder / tenant, ignore_errors=True)
