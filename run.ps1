# The one command, for Windows PowerShell 5.1 and PowerShell 7.  As run.sh: the first call makes .venv
# and installs what is needed; later calls start at once.
#
#   .\run.ps1 [serve] [MITMPROXY OPTIONS]   the proxy on http://localhost:4000
#   .\run.ps1 web | console                 the same under mitmweb or mitmproxy
#   .\run.ps1 --emulator                    the same in front of a local GigaChat: no key, no internet
#   .\run.ps1 demo [--once]                 see it work: no key, no internet
#   .\run.ps1 examples [--list|N|all]       programs to learn from
#   .\run.ps1 test [PYTEST OPTIONS]         the test suite
#   .\run.ps1 setup [--tests]               install, start nothing
#   .\run.ps1 help                          every verb
#
# If PowerShell refuses to run scripts:  powershell -ExecutionPolicy Bypass -File .\run.ps1 demo
# GIGAGATE_PYTHON names the Python to use (3.12 to 3.14).

$ErrorActionPreference = 'Stop'

$root = $PSScriptRoot
$venv = Join-Path $root '.venv'
$venvPython = Join-Path $venv 'Scripts\python.exe'
$unfinished = Join-Path $venv 'unfinished'

function Stop-Here([string] $message) {
    [Console]::Error.WriteLine("run.ps1: $message")
    exit 1
}

# --- A Python that really runs: the one of the Microsoft Store may be a shim with nothing behind it ---

function Test-Python([string[]] $command, [string] $more) {
    $program, $first = $command
    $words = @($first | Where-Object { $_ }) + @('-c', "import sys; sys.exit(not (3, 12) <= sys.version_info[:2] <= (3, 14)); $more")
    try {
        & $program @words *> $null
        return $LASTEXITCODE -eq 0
    } catch {
        return $false
    }
}

function Find-Python {
    if ($env:GIGAGATE_PYTHON) {
        if (-not (Test-Python @($env:GIGAGATE_PYTHON) 'import ensurepip')) {
            Stop-Here "GIGAGATE_PYTHON=$($env:GIGAGATE_PYTHON) does not run, is not 3.12 to 3.14, or has no venv module."
        }
        return , @($env:GIGAGATE_PYTHON)
    }
    $candidates = @(@('py', '-3.14'), @('py', '-3.13'), @('py', '-3.12'), @('python3'), @('python'))
    foreach ($candidate in $candidates) {
        if ((Get-Command $candidate[0] -ErrorAction SilentlyContinue) -and (Test-Python $candidate 'import ensurepip')) {
            return , $candidate
        }
    }
    Stop-Here ("no Python 3.12, 3.13 or 3.14 was found.  One of these brings it:`n" +
        "  winget install Python.Python.3.13`n" +
        "  https://www.python.org/downloads/windows/`n" +
        'A Python that is somewhere else: $env:GIGAGATE_PYTHON = "C:\path\to\python.exe"')
}

# --- .venv: .venv\installed\ keeps a copy of each requirements file that is installed ---

function Get-Text([string] $path) {
    if (Test-Path $path) { return [IO.File]::ReadAllText($path) }
    return $null
}

function Test-Installed([string] $file) {
    return (Test-Path $venvPython) -and -not (Test-Path $unfinished) -and
        ((Get-Text (Join-Path $root $file)) -eq (Get-Text (Join-Path $venv "installed\$file")))
}

function Install-File([string] $file) {
    if (Test-Installed $file) { return }
    # A name that two folders do not share, and that holds no separator.
    $name = 'gigagate-' + ($root.ToLowerInvariant() -replace '[^a-z0-9]', '-')
    $mutex = New-Object System.Threading.Mutex($false, $name)
    try {
        if (-not $mutex.WaitOne(0)) {
            [Console]::Error.WriteLine('Another run.ps1 is installing: waiting for it.')
            [void] $mutex.WaitOne()
        }
    } catch [System.Threading.AbandonedMutexException] {
        # It died in the middle; "unfinished" tells what is to be done again.
    }
    try {
        if (Test-Installed $file) { return }
        if (Test-Path $unfinished) { Remove-Item -Recurse -Force $venv }
        if (-not ((Test-Path $venvPython) -and (Test-Python @($venvPython) 'import pip'))) {
            $python = Find-Python
            $program, $first = $python
            [Console]::Error.WriteLine("First start: making .venv with $python.")
            if (Test-Path $venv) { Remove-Item -Recurse -Force $venv }
            [void] (New-Item -ItemType Directory $venv)
            [void] (New-Item -ItemType File $unfinished)
            & $program @(@($first | Where-Object { $_ }) + @('-m', 'venv', $venv))
            if ($LASTEXITCODE -ne 0) { Stop-Here "$python could not make ${venv}: its words are above." }
        }
        [Console]::Error.WriteLine("Installing $file ...")
        [void] (New-Item -ItemType File -Force $unfinished)
        & $venvPython -m pip install -q --disable-pip-version-check --requirement (Join-Path $root $file)
        $status = $LASTEXITCODE
        Remove-Item -Force $unfinished
        if ($status -ne 0) {
            Stop-Here "pip could not install ${file}: its words are above.  The next call tries again."
        }
        $copy = Join-Path $venv "installed\$file"
        [void] (New-Item -ItemType Directory -Force (Split-Path $copy))
        Copy-Item (Join-Path $root $file) $copy
        [Console]::Error.WriteLine('Installed.')
    } finally {
        $mutex.ReleaseMutex()
        $mutex.Dispose()
    }
}

function Invoke-Python([string[]] $words) {
    & $venvPython @words
    exit $LASTEXITCODE
}

# --- Verbs ---

$words = @($args)
$verb = 'serve'
if ($words.Count -gt 0) {
    if ($words[0] -in '-h', '--help') { $verb = 'help'; $words = @() }
    elseif ($words[0] -in '-V', '--version') { $verb = 'version'; $words = @() }
    elseif (-not $words[0].StartsWith('-')) {
        $verb = $words[0]
        $words = @($words | Select-Object -Skip 1)
    }
}

$env:PYTHONPATH = Join-Path $root 'addons'
# The console's own code page has no Cyrillic in many places.
$env:PYTHONUTF8 = '1'

Install-File 'requirements.txt'
Remove-Item Env:GIGAGATE_PYTHON -ErrorAction SilentlyContinue

switch ($verb) {
    'setup' {
        if ($words -contains '--tests') { Install-File 'tests/requirements.txt' }
        elseif ($words.Count -gt 0) { Stop-Here "setup takes --tests, not $($words[0])." }
        exit 0
    }
    'test' {
        Install-File 'tests/requirements.txt'
        Set-Location $root
        if ($words.Count -eq 0) { $words = @('-n', '2', '--dist', 'loadfile', '-rs') }
        Invoke-Python (@('-m', 'pytest') + $words)
    }
    'examples' {
        Install-File 'docs/examples/requirements.txt'
        Invoke-Python (@('-m', 'gigagate', 'examples') + $words)
    }
    default {
        Invoke-Python (@('-m', 'gigagate', $verb) + $words)
    }
}
