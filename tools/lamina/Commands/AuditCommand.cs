using System.CommandLine;

namespace Lamina.Cli.Commands;

/// <summary><c>audit</c>: looks through the linked image for what must not be in it.</summary>
internal static class AuditCommand
{
    internal static Command Create(Terminal terminal)
    {
        var command = new Command("audit", "Looks through the linked image for what must not be in it, and says what it counted.");
        command.SetAction(_ =>
        {
            Terminal.Result(BuildCommand.Build(terminal, Repository.Find()).Report.TrimEnd());
            return ExitCode.Success;
        });
        return command;
    }
}
