using System.CommandLine;
using Lamina.Cli.Packages;
using Lamina.ImageBuilder;

namespace Lamina.Cli.Commands;

/// <summary><c>build</c>: makes the image.</summary>
internal static class BuildCommand
{
    internal static Command Create(Terminal terminal)
    {
        var command = new Command("build", "Builds the bootable image, artifacts/lamina.efi, and audits it.");
        command.SetAction(_ =>
        {
            BuildResult image = Build(terminal, Repository.Find());
            Terminal.Result(image.Report.TrimEnd());
            Terminal.Result($"{image.ImagePath}: {image.Size} bytes, {image.NamesSize} of them function names");
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Builds the image if anything that it is made from has changed.</summary>
    internal static BuildResult Build(Terminal terminal, Repository repository)
    {
        new PackageInstaller(terminal.Note).Require(DebianPackage.ForBuild);
        var options = new BuildOptions(ImageRecipe.Lamina, repository.Root, repository.Artifacts);
        return terminal.Step("the image", progress => ImageBuilder.ImageBuilder.Build(options, progress));
    }
}
