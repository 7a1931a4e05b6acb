namespace Lamina.QemuHarness;

/// <summary>The program that is the machine.</summary>
public enum Emulator
{
    /// <summary>QEMU: fast, and its emulation knows AMD-V with nested paging, not VT-x.</summary>
    Qemu,

    /// <summary>Bochs: slow, and knows AMD-V and VT-x, each with nested paging.</summary>
    Bochs,
}
