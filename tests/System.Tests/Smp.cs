using Lamina.QemuHarness;

namespace Lamina.SystemTests;

/// <summary>
/// Tests of several CPUs and vCPUs: their mark, which <c>test --soak</c> repeats, and machines whose CPUs work at once. QEMU 7.2 has a fault on the first CPU of such a machine
/// (<see cref="MachineOptions.CpusAtOnce"/>), so in QEMU they have one more, and VMs keep off the first.
/// </summary>
internal static class Smp
{
    internal const string Trait = "Category";

    internal const string Value = "Smp";

    /// <summary>
    /// Linux' console and what a test's guest with several vCPUs has besides. While they work at once in QEMU 7.2, code that one changes and another runs may stay as it was for the other (docs/caveats.md). Linux
    /// changes little of its own while all run; the one place that many threads come to at that moment is in the ciphers' self-tests, which guests with one vCPU do instead.
    /// </summary>
    internal const string LinuxParameters = "console=ttyS0 cryptomgr.notests";

    /// <summary>With so many CPUs for VMs, which work at once.</summary>
    internal static MachineOptions WithCpus(this MachineOptions options, int cpus) => options.Emulator == Emulator.Qemu && cpus > 1
        ? options with { Cpus = cpus + 1, CpusAtOnce = true }
        : options with { Cpus = cpus };

    /// <summary>The CPUs of such a machine on which VMs may run, as a manifest has them.</summary>
    internal static string AllowedCpus(Platform platform, int cpus) => platform == Platform.AmdQemu && cpus > 1 ? $"1-{cpus}" : $"0-{cpus - 1}";
}
