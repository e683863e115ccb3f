"""See to a Chromium and Chinese fonts for the browser tests: as root install them, else say what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess

NEEDED = ("chromium", "fonts-noto-cjk")


def installed() -> bool:
    if not shutil.which("chromium"):
        return False
    if not shutil.which("fc-list"):
        return True
    return "CJK" in subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False).stdout


def main() -> None:
    if installed():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"· browser tests will not run: please install the Debian packages {' and '.join(NEEDED)}")
        return
    print(f"· installing {' and '.join(NEEDED)} for the browser tests")
    subprocess.run(["apt-get", "update", "-qq"], check=False)
    subprocess.run(["apt-get", "install", "-y", "-qq", *NEEDED], check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
