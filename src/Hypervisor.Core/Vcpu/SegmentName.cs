namespace Lamina.Core;

/// <summary>
/// The segment and descriptor-table registers. The first six are in the order in which instructions encode them
/// (AMD APM vol. 3, 1.8.2, "sReg"; Intel SDM vol. 2, table B-8).
/// </summary>
public enum SegmentName : byte
{
    /// <summary>ES.</summary>
    Es,
    /// <summary>CS.</summary>
    Cs,
    /// <summary>SS.</summary>
    Ss,
    /// <summary>DS.</summary>
    Ds,
    /// <summary>FS; its base is the FS_BASE MSR.</summary>
    Fs,
    /// <summary>GS; its base is the GS_BASE MSR.</summary>
    Gs,
    /// <summary>The GDT's base and limit.</summary>
    Gdtr,
    /// <summary>The local descriptor table.</summary>
    Ldtr,
    /// <summary>The IDT's base and limit.</summary>
    Idtr,
    /// <summary>The task register.</summary>
    Tr,
}
