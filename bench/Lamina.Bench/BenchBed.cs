using Lamina.QemuHarness;

namespace Lamina.Bench;

/// <summary>A machine on which a guest measures, directly or under Lamina. Two runs on it are alike.</summary>
/// <param name="Emulator">The program that is the machine.</param>
/// <param name="Vendor">Whose CPUs it has.</param>
/// <param name="Cpus">How many.</param>
public sealed record BenchBed(Emulator Emulator, CpuVendor Vendor, int Cpus)
{
    /// <summary>QEMU, where a tick is an instruction: of one CPU, as it counts no more.</summary>
    public static BenchBed Counted { get; } = new(Emulator.Qemu, CpuVendor.Amd, 1);

    /// <summary>Bochs with AMD-V, where in a tick each of the CPUs executes an instruction or waits. Five of them go by at once.</summary>
    public static BenchBed Amd { get; } = new(Emulator.Bochs, CpuVendor.Amd, 2);

    /// <summary>As <see cref="Amd"/>, with VT-x.</summary>
    public static BenchBed Intel { get; } = Amd with { Vendor = CpuVendor.Intel };
}
