namespace Lamina.Core;

/// <summary>
/// The descriptor table that a guest starts with where its protocol asks for one: Linux wants __BOOT_CS at 0x10 and __BOOT_DS at 0x18 (Linux documentation,
/// "The Linux/x86 Boot Protocol", 64-bit). Descriptors: AMD APM vol. 2, 4.7 and 4.8.
/// </summary>
internal static class FlatGdt
{
    public const ushort CodeSelector = 0x10;
    public const ushort DataSelector = 0x18;

    private const ulong Code64 = 0x00AF_9B00_0000_FFFF;
    private const ulong Data = 0x00CF_9300_0000_FFFF;
    private const uint Length = 4 * sizeof(ulong);

    /// <summary>Writes it and sets GDTR. False when there is no room.</summary>
    public static bool TryInstall(GuestMemory memory, ref BootArea area, VcpuState state)
    {
        if (!area.TryReserve(Length, out uint gpa)) return false;
        state.SetSegment(SegmentName.Gdtr, new SegmentRegister(0, 0, Length - 1, gpa));
        return memory.TryWrite(gpa + CodeSelector, Code64) && memory.TryWrite(gpa + DataSelector, Data);
    }
}
