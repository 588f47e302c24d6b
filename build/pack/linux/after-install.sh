#!/bin/sh
# After the deb or rpm was unpacked. What can be a file of the package is one, so that it goes with it.
sandbox=/opt/Millpond/chrome-sandbox
profile=/etc/apparmor.d/millpond-desktop

may_make_namespaces() {
  [ "$(cat /proc/sys/kernel/unprivileged_userns_clone 2>/dev/null || echo 1)" = 1 ] &&
    [ "$(cat /proc/sys/user/max_user_namespaces 2>/dev/null || echo 0)" -gt 0 ]
}

# Chromium's sandbox is made of user namespaces. Where people may make none, this program may.
if may_make_namespaces; then chmod 0755 "$sandbox"; else chmod 4755 "$sandbox"; fi

# Ubuntu lets only programs with a profile make namespaces; older AppArmor does not know this one.
if command -v apparmor_parser >/dev/null && [ -d /etc/apparmor.d/abi ]; then
  if apparmor_parser --skip-kernel-load --skip-cache /opt/Millpond/resources/apparmor-profile >/dev/null 2>&1; then
    cp /opt/Millpond/resources/apparmor-profile "$profile"
    if [ -d /sys/kernel/security/apparmor ]; then
      apparmor_parser --replace --write-cache --skip-read-cache "$profile" || true
    fi
  fi
fi

# Debian and Fedora do this by themselves; other systems may not.
if command -v update-mime-database >/dev/null; then update-mime-database /usr/share/mime || true; fi
if command -v update-desktop-database >/dev/null; then update-desktop-database -q || true; fi
