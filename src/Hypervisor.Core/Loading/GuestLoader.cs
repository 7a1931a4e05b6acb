namespace Lamina.Core;

/// <summary>
/// Puts a kernel into a VM's memory and its first vCPU at the kernel's entry. Called when the VM starts and at each reset, with the vCPU as after RESET and
/// the VM's host table loaded. Any bytes in the files give a result, never a fault.
/// </summary>
public static class GuestLoader
{
    /// <summary>
    /// Loads by a protocol. <paramref name="rsdp"/> is the GPA of the VM's ACPI root pointer. What was written before something was found wrong stays in
    /// the guest's memory.
    /// </summary>
    public static LoadResult Load(BootProtocol protocol, BootFiles files, GuestMemory memory, ulong rsdp, VcpuState state) => protocol switch
    {
        BootProtocol.Linux => LinuxLoader.Load(files, memory, rsdp, state),
        BootProtocol.Pvh => PvhLoader.Load(files, memory, rsdp, state),
        _ => MultibootLoader.Load(files, memory, state),
    };

    /// <summary>A result in words, for whoever reads the screen: what is wrong and what would be right. Empty for <see cref="LoadResult.Loaded"/>.</summary>
    public static string Explain(LoadResult result) => result switch
    {
        LoadResult.Loaded => "",
        LoadResult.NotLinux => "its kernel is not a Linux bzImage (no \"HdrS\" at 0x202); protocol linux takes a vmlinuz file",
        LoadResult.LinuxTooOld => "its kernel has no 64-bit entry (boot protocol 2.12 with XLF_KERNEL_64); take a 64-bit kernel of version 3.8 or later",
        LoadResult.Truncated => "its kernel's file ends early: it is shorter than its headers say",
        LoadResult.NotElf => "its kernel is not an ELF file for x86; protocol pvh takes a vmlinux, multiboot an ELF or a file with load addresses in its header",
        LoadResult.NoPvhNote => "its kernel has no PVH note (XEN_ELFNOTE_PHYS32_ENTRY); build Linux with CONFIG_PVH, or use protocol linux with its bzImage",
        LoadResult.NoMultibootHeader => "its kernel has no multiboot header with a right checksum in its first 8 KiB",
        LoadResult.MultibootFeature => "its kernel's multiboot header asks for a video mode or something else that is not offered",
        LoadResult.BadHeader => "its kernel's headers contradict themselves: an entry or a size lies outside of what is loaded",
        LoadResult.OutsideMemory => "a part of its kernel is to be loaded where the VM has no memory; give it more",
        LoadResult.BelowOneMebibyte => "a part of its kernel is to be loaded below 1 MiB, where its boot information lies; link it at 1 MiB or above",
        LoadResult.TooLittleMemory => "its kernel and modules do not fit into its memory; give it more",
        LoadResult.CommandLineTooLong => "its command line is longer than its kernel takes",
        _ => "it cannot be loaded",
    };
}
