using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>CPUs in the log, spelled as in the manifest.</summary>
internal static class CpuNumbers
{
    /// <summary>Adds their numbers and ranges: <c>[0, 2-5]</c>.</summary>
    public static LogLine Cpus(this LogLine line, CpuSet cpus)
    {
        line.Text("[");
        bool isFirst = true;
        for (int cpu = 0; cpu < CpuSet.NamedCpus; cpu++)
        {
            if (!cpus.Contains(cpu)) continue;
            if (!isFirst) line.Text(", ");
            isFirst = false;
            line.Decimal((ulong)cpu);
            int first = cpu;
            while (cpu + 1 < CpuSet.NamedCpus && cpus.Contains(cpu + 1)) cpu++;
            if (cpu != first) line.Text("-").Decimal((ulong)cpu);
        }
        return line.Text("]");
    }
}
