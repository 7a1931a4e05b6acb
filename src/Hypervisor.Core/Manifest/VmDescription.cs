using System;
using System.Numerics;

namespace Lamina.Core;

/// <summary>One VM of a checked <see cref="BootManifest"/>.</summary>
public readonly struct VmDescription
{
    private readonly BootManifest _manifest;
    private readonly VmRecord _record;

    internal VmDescription(BootManifest manifest, in VmRecord record)
    {
        _manifest = manifest;
        _record = record;
    }

    /// <summary>The VM's name in ASCII: <see cref="ManifestRules.IsVmName"/> holds for it, and no other VM has it.</summary>
    public ReadOnlySpan<byte> Name => _manifest.GetString(_record.Name);

    /// <summary>The guest's RAM in bytes, a multiple of a page.</summary>
    public ulong MemoryBytes => _record.MemoryBytes;

    /// <summary>How many vCPUs it has, at least one.</summary>
    public int VcpuCount => (int)_record.VcpuCount;

    /// <summary>How its kernel is loaded and entered.</summary>
    public BootProtocol Protocol => _record.Protocol;

    /// <summary>The index of its kernel among the manifest's files.</summary>
    public int KernelFile => (int)_record.KernelFile;

    /// <summary>The kernel's command line: UTF-8, with no zero byte in it or behind it.</summary>
    public ReadOnlySpan<byte> CommandLine => _manifest.GetString(_record.CommandLine);

    /// <summary>How many modules (initrds) it has.</summary>
    public int ModuleCount => (int)_record.ModuleCount;

    /// <summary>What its console is.</summary>
    public ConsoleKind Console => _record.Console;

    /// <summary>What follows its end.</summary>
    public RestartPolicy Restart => _record.Restart;

    /// <summary>The pause before it starts again after a failure, in milliseconds; doubled with each that comes early, up to a minute.</summary>
    public int BackOffMilliseconds => (int)_record.BackOffMilliseconds;

    /// <summary>Its share of a CPU against that of others that want it: <see cref="ManifestRules.MinWeight"/> to <see cref="ManifestRules.MaxWeight"/>.</summary>
    public int Weight => _record.Weight;

    /// <summary>The most of a CPU that each of its vCPUs gets, whoever else wants it: 1 to 100 percent; 0 if there is no cap.</summary>
    public int CapPercent => _record.CapPercent;

    /// <summary>The machine's CPUs on which it may run, at least one; the machine may have others.</summary>
    public CpuSet AllowedCpus => new(_record.AllowedCpus);

    /// <summary>When it counts as ready.</summary>
    public ReadyKind Ready => _record.Ready;

    /// <summary>Within how many milliseconds of its start it must be ready, else it has failed; 0 if it is ready when it has started.</summary>
    public int ReadyWithinMilliseconds => (int)_record.ReadyWithinMilliseconds;

    /// <summary>Whether it has a virtio-rng, where the CPU has RDRAND or RDSEED to feed it.</summary>
    public bool HasRng => _record.Rng != 0;

    /// <summary>How many VMs must be ready before it starts.</summary>
    public int AfterCount => BitOperations.PopCount(_record.After);

    /// <summary>How many disks it has.</summary>
    public int DiskCount => (int)_record.DiskCount;

    /// <summary>How many network interfaces it has: its ports first, then those that are plugged in elsewhere.</summary>
    public int InterfaceCount => (int)_record.InterfaceCount;

    /// <summary>
    /// The index among the manifest's VMs of one that must be ready before this one starts; <paramref name="index"/> is 0 to <see cref="AfterCount"/> - 1, and they
    /// come in the manifest's order. Followed from VM to VM, they lead back to none.
    /// </summary>
    public int GetAfter(int index)
    {
        ulong left = _record.After;
        for (int i = 0; i < index; i++)
            left &= left - 1;
        return BitOperations.TrailingZeroCount(left);
    }

    /// <summary>Whether VM <paramref name="index"/> of the manifest must be ready before this one starts.</summary>
    public bool IsAfter(int index) => (_record.After >> index & 1) != 0;

    /// <summary>Disk <paramref name="index"/> (0 to <see cref="DiskCount"/> - 1), in the manifest's order: Linux's vda, vdb and so on.</summary>
    public DiskDescription GetDisk(int index) => _manifest.GetDisk(_record.FirstDisk + (uint)index);

    /// <summary>Network interface <paramref name="index"/> (0 to <see cref="InterfaceCount"/> - 1): Linux's eth0, eth1 and so on.</summary>
    public InterfaceDescription GetInterface(int index) => _manifest.GetInterface(_record.FirstInterface + (uint)index);

    /// <summary>Module <paramref name="index"/> (0 to <see cref="ModuleCount"/> - 1), in the manifest's order.</summary>
    public ModuleDescription GetModule(int index) => _manifest.GetModule(_record.FirstModule + (uint)index);
}
