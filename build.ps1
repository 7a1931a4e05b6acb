# Checks for the .NET 10 SDK, then hands over to tools/lamina: './build.ps1 --help' says what there is.
$program = "$PSScriptRoot/artifacts/dotnet/bin/Lamina.Cli/debug/lamina.dll"
if (-not (dotnet --list-sdks | Select-String '^10\.')) { Write-Host 'error: the .NET 10 SDK is needed: https://dotnet.microsoft.com/download/dotnet/10.0'; exit 3 }
dotnet build "$PSScriptRoot/tools/lamina" -v q -nologo -clp:ErrorsOnly
if ($LASTEXITCODE -ne 0) { exit 3 }
dotnet $program @args
exit $LASTEXITCODE
