@echo off
rem Click on this to open gouji's page in the browser (Windows). The first time it sets itself up.
cd /d "%~dp0"
if not exist .venv\Scripts\gouji.exe (py -m venv .venv && .venv\Scripts\pip install .)
.venv\Scripts\gouji.exe
pause
