using System.CommandLine;
using System.IO;

namespace Lamina.Cli.Commands;

/// <summary><c>clean</c>: removes all that was made.</summary>
internal static class CleanCommand
{
    internal static Command Create(Terminal terminal)
    {
        var command = new Command("clean", "Removes artifacts/, where all goes that is made.");
        command.SetAction(_ =>
        {
            string artifacts = Repository.Find().Artifacts;
            if (Directory.Exists(artifacts))
                Directory.Delete(artifacts, recursive: true);
            terminal.Note($"removed {artifacts}");
            return ExitCode.Success;
        });
        return command;
    }
}
