using System;
using Lamina.Core;
using Lamina.Devices;

namespace Lamina.Boot;

/// <summary>The disks of a VM, in the manifest's order: made with it, at boot or when it is built again, their memory given back with it.</summary>
internal sealed class VmDisks
{
    private readonly HostMemory _memory;
    private readonly VirtioBlock[] _disks;

    private VmDisks(HostMemory memory, int count)
    {
        _memory = memory;
        _disks = new VirtioBlock[count];
    }

    /// <summary>The disks.</summary>
    public ReadOnlySpan<VirtioBlock> All => _disks;

    /// <summary>Makes them and plugs them into the VM's PCI bus. Null, with the problem in words, and no memory kept, when one cannot be made.</summary>
    public static VmDisks? TryPlugIn(
        VirtualMachine machine, GuestPlatform platform, in VmDescription description, ManifestBootFiles files, HostMemory memory, out string problem)
    {
        var disks = new VmDisks(memory, description.DiskCount);
        for (int i = 0; i < disks._disks.Length; i++)
        {
            var disk = description.GetDisk(i);
            var file = new ReadOnlyImage(files.Disk(disk.File));
            BlockImage? image = disk.Mode == DiskMode.ReadOnly ? file : CopyOnWriteImage.TryCreate(file, memory, disk.WriteBytes);
            problem = "there is not enough memory for what it may write to its disks";
            if (image is not null)
            {
                disks._disks[i] = new VirtioBlock(machine, image, IdOf(i));
                if (platform.TryPlugIn(new VirtioPciFunction(disks._disks[i], machine.Interrupts))) continue;
                problem = "its PCI bus has no place left for its disks";
            }
            disks.Free();
            return null;
        }
        problem = "";
        return disks;
    }

    /// <summary>Gives back the memory of what was written. The VM must not run any more.</summary>
    public void Free()
    {
        foreach (var disk in _disks)
            if (disk is { Image: CopyOnWriteImage image }) image.Free(_memory);
    }

    /// <summary>What a guest sees as a disk's serial number.</summary>
    private static byte[] IdOf(int index)
    {
        var name = "lamina-disk"u8;
        byte[] id = new byte[name.Length + 1];
        name.CopyTo(id);
        id[^1] = (byte)('0' + index);
        return id;
    }
}
