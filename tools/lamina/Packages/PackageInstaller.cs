using System;
using System.Collections.Generic;
using System.Linq;

namespace Lamina.Cli.Packages;

/// <summary>Installs what is missing from Debian's packages, after saying what and why, or says the command that would.</summary>
internal sealed class PackageInstaller
{
    private const string LockTimeout = "DPkg::Lock::Timeout=500";
    private static readonly DebianPackage Apt = new("apt", "installs packages", "apt-get");
    private static readonly DebianPackage Sudo = new("sudo", "may install packages", "sudo");

    private readonly Action<string> _say;

    internal PackageInstaller(Action<string> say) => _say = say;

    /// <summary>Whether a package is installed.</summary>
    internal Func<DebianPackage, bool> IsInstalled { get; init; } = package => package.IsInstalled;

    /// <summary>Runs a program with the user's terminal and gives its exit code.</summary>
    internal Func<string, IReadOnlyList<string>, int> Run { get; init; } = HostProcess.RunAttached;

    /// <summary>Whether this is root.</summary>
    internal bool IsRoot { get; init; } = Environment.IsPrivilegedProcess;

    /// <summary>Whether there is somebody to be asked for a password.</summary>
    internal bool IsInteractive { get; init; } = !Console.IsInputRedirected;

    /// <exception cref="CliException">Something is missing and could not be installed; the message has the command that would.</exception>
    internal void Require(params IEnumerable<DebianPackage> packages)
    {
        DebianPackage[] missing = [.. packages.Where(package => !IsInstalled(package)).DistinctBy(package => package.Name)];
        if (missing.Length == 0)
            return;
        string[] install = ["-o", LockTimeout, "install", "-y", "--no-install-recommends", .. missing.Select(package => package.Name)];
        string[] update = ["-o", LockTimeout, "update"];
        string needed = string.Join("", missing.Select(package => $"\n  {package.Name}: {package.Why}"));
        string command = $"\n  {(IsRoot ? "" : "sudo ")}apt-get {string.Join(' ', install)}";
        if (!MayInstall())
            throw new CliException(ExitCode.Tool, $"these Debian packages are needed and missing:{needed}\nThey cannot be installed from here; this installs them:{command}");

        _say($"installing what is missing from Debian's packages:{needed}");
        if (AptGet(install) || (AptGet(update) && AptGet(install)))
        {
            DebianPackage? still = missing.FirstOrDefault(package => !IsInstalled(package));
            if (still is null)
                return;
            throw new CliException(ExitCode.Tool, $"{still.Name} is installed but has no {still.Provides}");
        }

        throw new CliException(ExitCode.Tool, $"these Debian packages are needed and could not be installed:{needed}\nThe command was:{command}");
    }

    private bool MayInstall() => IsInstalled(Apt) && (IsRoot || (IsInstalled(Sudo) && (IsInteractive || Run("sudo", ["-n", "true"]) == 0)));

    private bool AptGet(string[] arguments) => IsRoot
        ? Run("apt-get", arguments) == 0
        : Run("sudo", ["apt-get", .. arguments]) == 0;
}
