"""See to what the tests need of Debian: a Chromium with Chinese fonts, and a Java for Spark. As root install what is
missing, else say so."""

from __future__ import annotations

import os
import shutil
import subprocess

BROWSER = ("chromium", "fonts-noto-cjk")
JAVA = ("default-jre-headless",)


def has_browser() -> bool:
    if not shutil.which("chromium"):
        return False
    if not shutil.which("fc-list"):
        return True
    return "CJK" in subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False).stdout


def main() -> None:
    needed = [*(() if has_browser() else BROWSER), *(() if shutil.which("java") else JAVA)]
    if not needed:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"· some tests will not run: please install the Debian packages {', '.join(needed)}")
        return
    print(f"· installing {', '.join(needed)} for the tests")
    subprocess.run(["apt-get", "update", "-qq"], check=False)
    subprocess.run(["apt-get", "install", "-y", "-qq", *needed], check=False, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
