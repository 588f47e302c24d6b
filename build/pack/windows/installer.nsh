; What the installer of Windows does beside copying files. The command comes onto the PATH only by the switch
; in Settings; leaving takes it off again, with the entry that starts Millpond at login.
; An update runs the uninstaller of the version before: that one leaves both as they are.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    nsExec::ExecToLog '"$SYSDIR\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -ExecutionPolicy Bypass -Command "$$bin = \"$INSTDIR\resources\bin\"; $$key = [Microsoft.Win32.Registry]::CurrentUser.OpenSubKey(\"Environment\", $$true); $$path = $$key.GetValue(\"Path\", \"\", \"DoNotExpandEnvironmentNames\"); $$rest = ($$path.Split([char]59) | Where-Object { $$_ -ne $$bin }) -join [char]59; if ($$rest -ne $$path) { $$key.SetValue(\"Path\", $$rest, $$key.GetValueKind(\"Path\")) }"'
    Pop $0
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "Millpond"
  ${endIf}
!macroend
