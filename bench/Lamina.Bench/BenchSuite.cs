using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Lamina.GuestBuilder;
using Lamina.QemuHarness;

namespace Lamina.Bench;

/// <summary>Runs the benchmark guests directly and under Lamina, and holds the figures against their limits.</summary>
public static class BenchSuite
{
    /// <summary>How long one guest may take.</summary>
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(5);

    private const string RowFormat = "{0,-34}{1,15}{2,15}{3,15}{4,15}{5,15}  {6}";

    /// <summary>Runs all of it and writes the table.</summary>
    /// <param name="repoRoot">The directory that holds <c>guests/</c>, <c>bench/</c> and <c>artifacts/</c>.</param>
    /// <param name="image">The image, <c>artifacts/lamina.efi</c>; null: direct only, no limit is judged.</param>
    /// <param name="progress">Gets a line at the start of each long step.</param>
    /// <param name="output">Gets the table.</param>
    /// <returns>0, or 1 where a limit is missed or a figure that has one is absent.</returns>
    /// <exception cref="GuestBuildException">A guest could not be made, or did not run to its end on the emulator alone.</exception>
    /// <exception cref="HarnessException">A guest did not run to its end under Lamina.</exception>
    public static int Run(string repoRoot, string? image, IProgress<string> progress, TextWriter output)
    {
        string benchDirectory = BenchGuests.Build(repoRoot, progress);
        string debianDirectory = DebianGuest.Ensure(repoRoot, progress);
        var rows = new List<BenchRow>();
        foreach (BenchGuest guest in BenchGuest.All(benchDirectory, debianDirectory))
        {
            progress.Report($"{guest.Name}: directly on the emulator");
            IReadOnlyDictionary<string, long> direct = BenchLog.Parse(RunDirect(guest));
            IReadOnlyDictionary<string, long> ours = new Dictionary<string, long>();
            if (image != null)
            {
                progress.Report($"{guest.Name}: under Lamina");
                ours = BenchLog.Parse(LaminaMachine.Run(image, guest.WriteManifest(benchDirectory), RunLimit));
            }
            FigureGroup group = FigureGroup.LoadAll().Single(group => group.Guest == guest.Name);
            rows.AddRange(group.Figures.Select(figure => new BenchRow(figure, Ticks(direct, figure), Ticks(ours, figure))));
        }
        Write(rows, output);
        return image == null || rows.All(row => row.IsMet) ? 0 : 1;
    }

    private static string RunDirect(BenchGuest guest) => BareMachine.Run(
        guest.Kernel, guest.Initrd, guest.CommandLine, BenchGuest.MemoryMib, countInstructions: true, RunLimit);

    private static long? Ticks(IReadOnlyDictionary<string, long> log, Figure figure) => log.TryGetValue(figure.Name, out long ticks) ? ticks : null;

    private static void Write(IEnumerable<BenchRow> rows, TextWriter output)
    {
        output.WriteLine(RowFormat, "ticks in the guest", "direct", "direct before", "KVM", "Xen", "Lamina", "limit");
        foreach (BenchRow row in rows)
        {
            output.WriteLine(
                RowFormat, row.Figure.Title, Text(row.Direct), Text(row.Figure.Direct), Text(row.Figure.Kvm), Text(row.Figure.Xen), Text(row.Lamina), Verdict(row));
        }
    }

    private static string Verdict(BenchRow row) => row.Limit == null ? "" : $"{Text(row.Limit)}{(row.Lamina == null ? "" : row.IsMet ? " met" : " MISSED")}";

    private static string Text(long? ticks) => ticks?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";
}
