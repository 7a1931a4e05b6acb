using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// The bytes of a compiled manifest, and the check of them. Nothing here faults, whatever the bytes are: the layout is proved
/// to lie within them before any record is read, and each string before it is looked at.
/// </summary>
internal readonly ref partial struct ManifestReader
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly ManifestHeader _header;
    private readonly ManifestLayout _layout;

    private ManifestReader(ReadOnlySpan<byte> data, in ManifestHeader header)
    {
        _data = data;
        _header = header;
        _layout = new ManifestLayout(header);
    }

    /// <summary>Checks all of <paramref name="data"/>, which nobody else may be able to write.</summary>
    /// <returns>The first error found, or none.</returns>
    internal static ManifestError Check(ReadOnlySpan<byte> data, out ManifestHeader header)
    {
        header = default;
        if (data.Length < Unsafe.SizeOf<ManifestHeader>())
            return new ManifestError(ManifestFault.Truncated);
        header = Read<ManifestHeader>(data, 0);
        var reader = new ManifestReader(data, header);
        ManifestError error = reader.CheckHeader();
        if (error.IsError)
            return error;
        error = reader.CheckFiles();
        if (error.IsError)
            return error;
        error = reader.CheckModules();
        if (error.IsError)
            return error;
        error = reader.CheckDisks();
        if (error.IsError)
            return error;
        error = reader.CheckVms();
        return error.IsError ? error : reader.CheckNetwork();
    }

    /// <summary>The record at <paramref name="offset"/>, which the caller knows to lie within <paramref name="data"/>; the slice checks it again.</summary>
    internal static T Read<T>(ReadOnlySpan<byte> data, uint offset)
        where T : unmanaged =>
        Unsafe.ReadUnaligned<T>(ref MemoryMarshal.GetReference(data.Slice((int)offset, Unsafe.SizeOf<T>())));

    private ManifestError CheckHeader()
    {
        if (_header.Magic != ManifestHeader.MagicValue)
            return new ManifestError(ManifestFault.NotAManifest);
        if (_header.Version != ManifestHeader.CurrentVersion)
            return new ManifestError(ManifestFault.Version);
        if (_header.VmCount is 0 or > ManifestRules.MaxVms)
            return new ManifestError(ManifestFault.VmCount);
        if (_header.FileCount > ManifestRules.MaxFiles)
            return new ManifestError(ManifestFault.FileCount);
        if (_header.ModuleCount > _header.VmCount * ManifestRules.MaxModulesPerVm)
            return new ManifestError(ManifestFault.ModuleCount);
        if (_header.DiskCount > _header.VmCount * ManifestRules.MaxDisksPerVm)
            return new ManifestError(ManifestFault.DiskCount);
        if (_header.InterfaceCount > _header.VmCount * ManifestRules.MaxInterfacesPerVm)
            return new ManifestError(ManifestFault.InterfaceCount);
        if (_header.WireCount > ManifestRules.MaxWires)
            return new ManifestError(ManifestFault.WireCount);
        // The counts are bounded now, so the offsets of the layout cannot wrap around.
        if (_header.StringLength > ManifestRules.MaxLength || _header.TotalLength > ManifestRules.MaxLength || _header.TotalLength != _layout.TotalLength)
            return new ManifestError(ManifestFault.Length);
        if (_header.TotalLength > _data.Length)
            return new ManifestError(ManifestFault.Truncated);
        if (_header.Checksum != ManifestHeader.ComputeChecksum(_data.Slice(0, (int)_header.TotalLength)))
            return new ManifestError(ManifestFault.Checksum);
        return new ManifestError(_header.Reserved != 0 ? ManifestFault.Reserved : ManifestFault.None);
    }

    private ManifestError CheckFiles()
    {
        for (uint i = 0; i < _header.FileCount; i++)
        {
            FileRecord file = Read<FileRecord>(_data, _layout.File(i));
            if (!TryGetString(file.Name, out ReadOnlySpan<byte> name) || !ManifestRules.IsFileName(name))
                return new ManifestError(ManifestFault.FileName, (int)i);
            if (file.Length == 0)
                return new ManifestError(ManifestFault.FileLength, (int)i);
            for (uint before = 0; before < i; before++)
            {
                // Those before have been checked: their strings are there.
                TryGetString(Read<FileRecord>(_data, _layout.File(before)).Name, out ReadOnlySpan<byte> other);
                if (ManifestRules.AreEqual(name, other))
                    return new ManifestError(ManifestFault.DuplicateFile, (int)i);
            }
        }

        return default;
    }

    private ManifestError CheckModules()
    {
        for (uint i = 0; i < _header.ModuleCount; i++)
        {
            ModuleRecord module = Read<ModuleRecord>(_data, _layout.Module(i));
            if (module.File >= _header.FileCount)
                return new ManifestError(ManifestFault.ModuleFile, (int)i);
            if (!TryGetString(module.CommandLine, out _))
                return new ManifestError(ManifestFault.ModuleCommandLine, (int)i);
        }

        return default;
    }

    private ManifestError CheckDisks()
    {
        for (uint i = 0; i < _header.DiskCount; i++)
        {
            ManifestFault fault = CheckDisk(Read<DiskRecord>(_data, _layout.Disk(i)));
            if (fault != ManifestFault.None)
                return new ManifestError(fault, (int)i);
        }

        return default;
    }

    private ManifestFault CheckDisk(in DiskRecord disk)
    {
        if (disk.File >= _header.FileCount)
            return ManifestFault.DiskFile;
        if (Read<FileRecord>(_data, _layout.File(disk.File)).Length % ManifestRules.SectorSize != 0)
            return ManifestFault.DiskLength;
        if (disk.Mode > DiskMode.CopyOnWrite)
            return ManifestFault.DiskMode;
        if (disk.Mode == DiskMode.ReadOnly ? disk.WriteBytes != 0 : !ManifestRules.IsWriteSize(disk.WriteBytes))
            return ManifestFault.DiskWrites;
        return disk.Reserved0 != 0 || disk.Reserved1 != 0 ? ManifestFault.Reserved : ManifestFault.None;
    }

    private bool TryGetString(ManifestString reference, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (reference.Offset > _header.StringLength || reference.Length > _header.StringLength - reference.Offset)
            return false;
        text = _data.Slice((int)(_layout.Strings + reference.Offset), (int)reference.Length);
        return ManifestRules.IsString(text);
    }
}
