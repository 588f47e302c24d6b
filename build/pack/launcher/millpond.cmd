@echo off
rem The command of an installed Millpond: its own Node runs the program beside it.
"%~dp0..\node\node.exe" "%~dp0..\app.asar.unpacked\out\main\cli.js" %*
