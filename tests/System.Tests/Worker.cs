using System;
using System.Collections.Generic;
using System.Linq;

namespace Lamina.SystemTests;

/// <summary>A VM that wants a CPU, by what it does, its weight, and its cap in per cent; 0 is none.</summary>
/// <param name="Work">Its kernel's command line.</param>
/// <param name="Weight">Of each of its vCPUs.</param>
/// <param name="Cap">Of each of its vCPUs.</param>
/// <param name="Vcpus">How many it has.</param>
/// <param name="AllowedCpus">The CPUs on which they may run, as a manifest has them.</param>
internal sealed record Worker(string Work, int Weight = 100, int Cap = 0, int Vcpus = 1, string AllowedCpus = "0")
{
    /// <summary>The manifest of workers that all have one kernel.</summary>
    internal static string Manifest(IEnumerable<Worker> workers, Func<int, string> name, string kernel) =>
        "version: 1\nvms:\n" + string.Concat(workers.Select((worker, i) => $$"""
              - name: {{name(i)}}
                memory: 8M
                cpus: {{worker.Vcpus}}
                weight: {{worker.Weight}}
                cap: {{(worker.Cap == 0 ? "none" : worker.Cap + "%")}}
                allowed-cpus: {{worker.AllowedCpus}}
                boot: { protocol: multiboot, kernel: {{kernel}}, command-line: "{{worker.Work}}" }

            """));
}
