"""Keep the zygotes and stages from which kernels are forked, and find the one for a page."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from jupyter_client.kernelspec import NoSuchKernel

from .kernel_profiles import ExpectedKernel, Profile, shared_profiles
from .kernels.manager import is_ipykernel
from .kernels.zygote_process import Zygote, ZygoteError
from .notebook_run import SPECS, KernelOrigin, kernel_environment
from .tasks import Task


class KernelOrigins:
    """Zygotes for each Python and environment, with their stages."""

    def __init__(self) -> None:
        self._zygotes: dict[tuple[str, tuple[tuple[str, str], ...]], Zygote] = {}
        self._expected: ExpectedKernel | None = None

    async def find(self, kernel: str, environment: Mapping[str, str], profile: Profile) -> KernelOrigin:
        """Return the stage of a profile, or an empty `KernelOrigin` if a kernel of this name cannot be forked.

        ``environment`` is that of the kernel, without the variables of the build. Raise NoSuchKernel, ZygoteError or
        OSError if there is no stage.
        """
        argv = SPECS.get_kernel_spec(kernel).argv
        if not is_ipykernel(argv):
            return KernelOrigin()
        whole = kernel_environment(environment)
        python = sys.executable if argv[0] in ("python", "python3") else argv[0]
        key = (python, tuple(sorted(whole.items())))
        if key not in self._zygotes:
            self._zygotes[key] = Zygote(python, whole)
        zygote = self._zygotes[key]
        return KernelOrigin(zygote, await zygote.stage(profile))

    async def expect(self, expected: ExpectedKernel) -> None:
        """Make the stage for a kernel that will probably be asked for. A fault goes to the log."""
        try:
            await self.find(expected.kernel, expected.environment, expected.profile)
        except (NoSuchKernel, ZygoteError, OSError) as err:
            sys.stderr.write(f"no kernel is made ready: {err}\n")
        else:
            self._expected = expected

    async def forget_changed(self) -> None:
        """End the zygotes that have imported a file which is another one now."""
        for key, zygote in list(self._zygotes.items()):
            if not await zygote.is_current():
                del self._zygotes[key]
                zygote.close()
                self._expected = None

    def profiles(self, tasks: Sequence[Task]) -> dict[str, Profile]:
        """Return docname -> profile of the stage for its kernel; tasks without one start from nothing."""
        profiles = shared_profiles(tasks)
        if expected := self._expected:
            for task in tasks:
                if task.docname not in profiles and expected.serves(task):
                    profiles[task.docname] = expected.profile
        return profiles

    def close(self) -> None:
        """End all zygotes and what was forked from them."""
        for zygote in self._zygotes.values():
            zygote.close()
