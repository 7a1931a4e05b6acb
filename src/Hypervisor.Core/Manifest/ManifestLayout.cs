using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>
/// Where each part of a compiled manifest lies. The compiler on the host writes by it, the hypervisor reads by it. In order and
/// with nothing between: header, VMs, files, modules, strings; little-endian, in bytes from the start, no addresses in it.
/// </summary>
public readonly struct ManifestLayout
{
    private readonly uint _vmCount;
    private readonly uint _fileCount;
    private readonly uint _moduleCount;
    private readonly uint _stringLength;

    /// <summary>The layout for these counts. They must be within <see cref="ManifestRules"/>' limits, or offsets wrap around.</summary>
    public ManifestLayout(uint vmCount, uint fileCount, uint moduleCount, uint stringLength)
    {
        _vmCount = vmCount;
        _fileCount = fileCount;
        _moduleCount = moduleCount;
        _stringLength = stringLength;
    }

    /// <summary>Where the strings begin.</summary>
    public uint Strings => Module(_moduleCount);

    /// <summary>The length of the whole.</summary>
    public uint TotalLength => Strings + _stringLength;

    /// <summary>Where VM <paramref name="index"/> lies.</summary>
    public uint Vm(uint index) => (uint)Unsafe.SizeOf<ManifestHeader>() + (index * (uint)Unsafe.SizeOf<VmRecord>());

    /// <summary>Where file <paramref name="index"/> lies.</summary>
    public uint File(uint index) => Vm(_vmCount) + (index * (uint)Unsafe.SizeOf<FileRecord>());

    /// <summary>Where module <paramref name="index"/> lies, counted over all VMs.</summary>
    public uint Module(uint index) => File(_fileCount) + (index * (uint)Unsafe.SizeOf<ModuleRecord>());
}
