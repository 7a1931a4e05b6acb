using System;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Lamina.SystemTests;

/// <summary>The hypervisor's own account of a VM, in ms: how long its vCPUs, all together, have had a CPU, and how long they could have run but had none.</summary>
internal readonly record struct CpuAccount(double Used, double Stolen)
{
    /// <summary>How long they wanted a CPU: a vCPU that never sleeps, all the time.</summary>
    internal double Wanted => Used + Stolen;

    /// <summary>What they had of what they wanted: of one that never sleeps, its share of its CPU.</summary>
    internal double Share => Used / Wanted;

    /// <summary>What came to an account since an earlier one.</summary>
    public static CpuAccount operator -(CpuAccount later, CpuAccount earlier) => new(later.Used - earlier.Used, later.Stolen - earlier.Stolen);

    /// <summary>The first account of a VM in a log, as its end (<c>log=debug</c>) and the host key's list write it.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    internal static CpuAccount Of(string vm, string log) =>
        Regex.Match(log, $@"(?m)^\[lamina\] (debug|console \d+): {vm}[:,].* CPU time (\d+) ms, stolen (\d+) ms") is { Success: true, Groups: [_, _, var used, var stolen] }
            ? new(Figure(used), Figure(stolen)) : throw new FormatException($"no account of {vm} in\n{log}");

    private static double Figure(Group group) => double.Parse(group.Value, CultureInfo.InvariantCulture);
}
