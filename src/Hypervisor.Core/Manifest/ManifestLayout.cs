using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>
/// Where each part of a compiled manifest lies. The compiler on the host writes by it, the hypervisor reads by it. In order and
/// with nothing between: header, VMs, files, modules, disks, interfaces, wires, strings; little-endian, in bytes from the start, no addresses in it.
/// </summary>
public readonly struct ManifestLayout
{
    private readonly ManifestHeader _header;

    /// <summary>The layout for the counts in a header. They must be within <see cref="ManifestRules"/>' limits, or offsets wrap around.</summary>
    public ManifestLayout(in ManifestHeader header) => _header = header;

    /// <summary>Where the strings begin.</summary>
    public uint Strings => Wire(_header.WireCount);

    /// <summary>The length of the whole.</summary>
    public uint TotalLength => Strings + _header.StringLength;

    /// <summary>Where VM <paramref name="index"/> lies.</summary>
    public uint Vm(uint index) => (uint)Unsafe.SizeOf<ManifestHeader>() + (index * (uint)Unsafe.SizeOf<VmRecord>());

    /// <summary>Where file <paramref name="index"/> lies.</summary>
    public uint File(uint index) => Vm(_header.VmCount) + (index * (uint)Unsafe.SizeOf<FileRecord>());

    /// <summary>Where module <paramref name="index"/> lies, counted over all VMs.</summary>
    public uint Module(uint index) => File(_header.FileCount) + (index * (uint)Unsafe.SizeOf<ModuleRecord>());

    /// <summary>Where disk <paramref name="index"/> lies, counted over all VMs.</summary>
    public uint Disk(uint index) => Module(_header.ModuleCount) + (index * (uint)Unsafe.SizeOf<DiskRecord>());

    /// <summary>Where interface <paramref name="index"/> lies, counted over all VMs.</summary>
    public uint Interface(uint index) => Disk(_header.DiskCount) + (index * (uint)Unsafe.SizeOf<InterfaceRecord>());

    /// <summary>Where wire <paramref name="index"/> lies.</summary>
    public uint Wire(uint index) => Interface(_header.InterfaceCount) + (index * (uint)Unsafe.SizeOf<WireRecord>());
}
