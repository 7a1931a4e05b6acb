using System;

namespace Lamina.Core;

/// <summary>
/// The boot manifest: which VMs there are, what of, and how they are wired. It is a checked copy of the compiled form, so what is read from it
/// later is what was checked, and every index and string in it is good.
/// </summary>
public sealed class BootManifest
{
    private readonly byte[] _data;
    private readonly ManifestHeader _header;
    private readonly ManifestLayout _layout;

    private BootManifest(byte[] data, in ManifestHeader header)
    {
        _data = data;
        _header = header;
        _layout = new ManifestLayout(header);
    }

    /// <summary>How many VMs there are, at least one.</summary>
    public int VmCount => (int)_header.VmCount;

    /// <summary>How many files travel beside the manifest.</summary>
    public int FileCount => (int)_header.FileCount;

    /// <summary>How many wires there are between VMs.</summary>
    public int WireCount => (int)_header.WireCount;

    /// <summary>
    /// Copies the compiled manifest in <paramref name="bytes"/>, then checks all of the copy. Any bytes are refused or accepted without a
    /// fault. Bytes behind the manifest's own length are left alone. To be called at boot: it allocates.
    /// </summary>
    /// <param name="bytes">What the boot medium gave.</param>
    /// <param name="manifest">The manifest, or null if it is refused.</param>
    /// <returns>The first error, or none.</returns>
    public static ManifestError TryRead(ReadOnlySpan<byte> bytes, out BootManifest? manifest)
    {
        byte[] copy = new byte[Math.Min(bytes.Length, ManifestRules.MaxLength)];
        bytes.Slice(0, copy.Length).CopyTo(copy);
        ManifestError error = ManifestReader.Check(copy, out ManifestHeader header);
        manifest = error.IsError ? null : new BootManifest(copy, header);
        return error;
    }

    /// <summary>VM <paramref name="index"/> (0 to <see cref="VmCount"/> - 1), in the manifest's order.</summary>
    public VmDescription GetVm(int index) => new(this, ManifestReader.Read<VmRecord>(_data, _layout.Vm((uint)index)));

    /// <summary>File <paramref name="index"/> (0 to <see cref="FileCount"/> - 1). By multiboot it is module <paramref name="index"/> + 1.</summary>
    public FileDescription GetFile(int index)
    {
        uint offset = _layout.File((uint)index);
        FileRecord file = ManifestReader.Read<FileRecord>(_data, offset);
        return new FileDescription(GetString(file.Name), file.Length, new(_data, (int)(offset + FileRecord.DigestOffset), FileDigest.Length));
    }

    /// <summary>Wire <paramref name="index"/> (0 to <see cref="WireCount"/> - 1).</summary>
    public WireDescription GetWire(int index) => new(ManifestReader.Read<WireRecord>(_data, _layout.Wire((uint)index)));

    internal ModuleDescription GetModule(uint index)
    {
        ModuleRecord module = ManifestReader.Read<ModuleRecord>(_data, _layout.Module(index));
        return new ModuleDescription((int)module.File, GetString(module.CommandLine));
    }

    internal DiskDescription GetDisk(uint index) => new(ManifestReader.Read<DiskRecord>(_data, _layout.Disk(index)));

    internal InterfaceDescription GetInterface(uint index)
    {
        InterfaceRecord record = ManifestReader.Read<InterfaceRecord>(_data, _layout.Interface(index));
        return new InterfaceDescription(record, GetString(record.Name));
    }

    internal ReadOnlySpan<byte> GetString(ManifestString reference) =>
        new(_data, (int)(_layout.Strings + reference.Offset), (int)reference.Length);
}
