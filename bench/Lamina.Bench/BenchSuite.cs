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
    /// <summary>The machine of all service VMs, as in <c>figures.yaml</c>.</summary>
    private const string Product = "product";

    private static readonly Dictionary<string, long> s_nothing = [];

    /// <summary>How long one guest may take.</summary>
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(5);

    /// <summary>How long a machine of several may take.</summary>
    private static readonly TimeSpan MachineLimit = TimeSpan.FromMinutes(15);

    private const string RowFormat = "{0,-46}{1,15}{2,15}{3,15}{4,15}{5,15}  {6}";
    private const string DeviceRowFormat = "{0,-44}{1,15}{2,15}{3,15}{4,15}  {5}";

    /// <summary>Runs all of it and writes the table.</summary>
    /// <param name="repoRoot">The directory that holds <c>guests/</c>, <c>bench/</c> and <c>artifacts/</c>.</param>
    /// <param name="image">The image, <c>artifacts/lamina.efi</c>; null: direct only, no limit is judged.</param>
    /// <param name="only">The guests and machines to run, by their names; all if empty.</param>
    /// <param name="progress">Gets a line at the start of each long step.</param>
    /// <param name="output">Gets the table.</param>
    /// <returns>0, or 1 where a limit is missed or a figure that has one is absent.</returns>
    /// <exception cref="GuestBuildException">A guest could not be made, or did not run to its end on the emulator alone.</exception>
    /// <exception cref="HarnessException">A guest did not run to its end under Lamina.</exception>
    public static int Run(string repoRoot, string? image, IReadOnlyList<string> only, IProgress<string> progress, TextWriter output)
    {
        string benchDirectory = BenchGuests.Build(repoRoot, progress);
        string debianDirectory = DebianGuest.Ensure(repoRoot, progress);
        IReadOnlyList<FigureGroup> groups = FigureGroup.LoadAll();
        var rows = new List<BenchRow>();
        foreach (BenchGuest guest in BenchGuest.All(benchDirectory, debianDirectory).Where(guest => IsWanted(only, guest.Name)))
        {
            IReadOnlyDictionary<string, long> direct = s_nothing, ours = s_nothing;
            if (guest.RunsDirectly)
            {
                progress.Report($"{guest.Name}: directly on the emulator");
                direct = BenchLog.Parse(DirectMachine.Run(guest, RunLimit));
            }
            if (image != null)
            {
                progress.Report($"{guest.Name}: under Lamina");
                ours = BenchLog.Parse(LaminaMachine.Run(guest.Bed, image, guest.WriteManifest(benchDirectory), RunLimit, BenchGuest.LastLine));
            }
            rows.AddRange(Rows(groups, guest.Name, direct, ours));
        }
        Write(rows, output);
        if (image == null)
            return 0;
        List<BenchRow> deviceRows = RunMachines(repoRoot, image, benchDirectory, groups, only, progress);
        WriteDevices(deviceRows, output);
        return rows.Concat(deviceRows).All(row => row.IsMet) ? 0 : 1;
    }

    /// <summary>Devices and wires, and the start of the whole product.</summary>
    private static List<BenchRow> RunMachines(
        string repoRoot, string image, string benchDirectory, IReadOnlyList<FigureGroup> groups, IReadOnlyList<string> only, IProgress<string> progress)
    {
        var rows = new List<BenchRow>();
        BenchMachine[] machines = [.. BenchMachine.All.Where(machine => IsWanted(only, machine.Name))];
        if (machines.Length == 0 && !IsWanted(only, Product))
            return rows;
        string product = ServiceGuests.Ensure(repoRoot, progress);
        foreach (BenchMachine machine in machines)
        {
            progress.Report($"{machine.Name}: under Lamina");
            string log = LaminaMachine.Run(BenchBed.Counted, image, machine.WriteManifest(benchDirectory), MachineLimit, machine.LastLine);
            rows.AddRange(Rows(groups, machine.Name, s_nothing, BenchLog.Parse(log)));
        }
        if (!IsWanted(only, Product))
            return rows;
        progress.Report("the start of all VMs");
        string start = LaminaMachine.Run(BenchBed.Counted, image, Path.Combine(product, ServiceGuests.Manifest), MachineLimit, "all VMs are ready");
        rows.AddRange(Rows(groups, Product, s_nothing, BenchLog.Parse(start)));
        return rows;
    }

    private static bool IsWanted(IReadOnlyList<string> only, string name) => only.Count == 0 || only.Contains(name);

    private static IEnumerable<BenchRow> Rows(
        IReadOnlyList<FigureGroup> groups, string guest, IReadOnlyDictionary<string, long> direct, IReadOnlyDictionary<string, long> ours) =>
        groups.Single(group => group.Guest == guest).Figures.Select(figure => new BenchRow(figure, Ticks(direct, figure), Ticks(ours, figure)));

    private static decimal? Ticks(IReadOnlyDictionary<string, long> log, Figure figure) =>
        log.TryGetValue(figure.Name, out long printed) ? figure.TicksOf(printed) : null;

    private static void Write(IEnumerable<BenchRow> rows, TextWriter output)
    {
        output.WriteLine(RowFormat, "ticks in the guest", "direct", "direct before", "KVM", "Xen", "Lamina", "limit");
        foreach (BenchRow row in rows)
        {
            output.WriteLine(
                RowFormat, row.Figure.Title, Text(row, row.Direct), Text(row, row.Figure.Direct), Text(row, row.Figure.Kvm), Text(row, row.Figure.Xen),
                Text(row, row.Lamina), Verdict(row));
        }
    }

    private static void WriteDevices(IEnumerable<BenchRow> rows, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine(DeviceRowFormat, "ticks, devices and wires", "direct before", "KVM", "KVM, vhost", "Lamina", "limit");
        foreach (BenchRow row in rows)
        {
            output.WriteLine(
                DeviceRowFormat, row.Figure.Title, Text(row, row.Figure.Direct), Text(row, row.Figure.Kvm), Text(row, row.Figure.Vhost),
                Text(row, row.Lamina), Verdict(row));
        }
    }

    private static string Verdict(BenchRow row) =>
        row.Limit == null ? "" : $"{Text(row, row.Limit)}{(row.Lamina == null ? "" : row.IsMet ? " met" : " MISSED")}";

    private static string Text(BenchRow row, decimal? ticks) => ticks?.ToString(row.Figure.IsPerByte ? "N3" : "N0", CultureInfo.InvariantCulture) ?? "-";
}
