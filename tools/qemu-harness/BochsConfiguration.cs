using System;
using System.Globalization;
using System.IO;

namespace Lamina.QemuHarness;

/// <summary>The configuration of a machine in Bochs 2.7 (bochsrc(5)). Paths of the boot medium are relative to the machine's working directory.</summary>
internal static class BochsConfiguration
{
    internal const string Emulator = "bochs";
    internal const string File = "bochsrc";

    /// <summary>Debian's Bochs is a debugger, which takes its commands from here: one, to go on.</summary>
    internal const string DebuggerFile = "debugger";

    internal const string UefiFirmware = "/usr/share/ovmf/OVMF.fd";

    /// <summary>
    /// What Bochs takes for a second: so many instructions, and so many ticks of the TSC. It executes 30 to 40 million in a real one, but an exit costs the
    /// hypervisor some thousand, and a guest that programs a timer for a millisecond should have got something done by then, as on a real CPU. What waits
    /// in HLT waits a tenth of that, as Bochs lets time pass faster there.
    /// </summary>
    private const int InstructionsPerSecond = 200_000_000;

    /// <summary>The most memory that a machine can have, in MiB: with more, Bochs 2.7 makes no step.</summary>
    internal const int MostMemory = 3072;

    /// <summary>Of the machine's memory Bochs keeps at most so many MiB in its own; the rest it swaps to a file.</summary>
    private const int MostHostMemory = 2048;

    /// <summary>2024-01-01T00:00:00Z, for the machine that is to be the same each time.</summary>
    private const long FixedTime = 1704067200;

    private static string Model(MachineOptions options) => options.CpuModel ?? (options.Vendor == CpuVendor.Intel ? "corei7_haswell_4770" : "trinity_apu");

    internal static string Build(MachineOptions options, string directory, int serialPort) => string.Create(CultureInfo.InvariantCulture, $"""
        config_interface: textconfig
        # The display that is in Debian's package itself. It takes the first free port from 5900, and does not wait for a viewer.
        display_library: rfb, options="timeout=0"
        plugin_ctrl: unmapped=1, biosdev=1, extfpuirq=1, serial=1, speaker=0, parallel=0, gameport=0
        memory: guest={options.MemoryMebibytes}, host={Math.Min(options.MemoryMebibytes, MostHostMemory)}
        romimage: file={(options.Boot == BootMethod.Uefi ? UefiFirmware : "/usr/share/bochs/BIOS-bochs-latest")}
        vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
        vga: extension=vbe, update_freq=1
        # Several CPUs take turns, the same each time. Debian's build, a debugger, does not heed the quantum: time goes on five instructions of each at once.
        cpu: model={Model(options)}, count={options.Cpus / options.ThreadsPerCore}:1:{options.ThreadsPerCore}, quantum=1, ips={InstructionsPerSecond}, reset_on_triple_fault=0, ignore_bad_msrs=1
        pci: enabled=1, chipset=i440fx
        ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
        {Medium(options, directory)}
        # Time is instructions and nothing else.
        clock: sync=none, time0={(options.InstructionCount ? FixedTime : "utc")}
        com1: enabled=1, mode=socket-client, dev=127.0.0.1:{serialPort}
        port_e9_hack: enabled={(options.HasDebugExit ? 1 : 0)}
        log: /dev/stderr
        debug: action=ignore
        info: action=ignore, pc_system=report
        error: action=ignore
        panic: action=fatal

        """);

    private static string Medium(MachineOptions options, string directory)
    {
        if (options.Boot != BootMethod.Uefi)
            return $"ata0-master: type=cdrom, path={BootMedium.Iso}, status=inserted\nboot: cdrom";
        long cylinders = new FileInfo(Path.Combine(directory, BootMedium.Partition)).Length / BootMedium.CylinderLength;
        return $"ata0-master: type=disk, mode=flat, path={BootMedium.Partition}, cylinders={cylinders}, heads={SystemPartition.Heads}, spt={SystemPartition.SectorsPerTrack}\nboot: disk";
    }
}
