#!/bin/sh
# After the deb or rpm was taken off; people's own data in their home folders is theirs and stays.
# dpkg says `remove` or `purge`, rpm says 0; an upgrade says something else and keeps everything.
case "$1" in
  remove | purge | 0) ;;
  *) exit 0 ;;
esac
profile=/etc/apparmor.d/millpond-desktop
if [ -f "$profile" ]; then
  if command -v apparmor_parser >/dev/null && [ -d /sys/kernel/security/apparmor ]; then
    apparmor_parser --remove "$profile" || true
  fi
  rm -f "$profile"
fi
if command -v update-mime-database >/dev/null; then update-mime-database /usr/share/mime || true; fi
if command -v update-desktop-database >/dev/null; then update-desktop-database -q || true; fi
