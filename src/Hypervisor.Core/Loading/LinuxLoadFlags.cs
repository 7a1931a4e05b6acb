using System;

namespace Lamina.Core;

/// <summary>xloadflags of the Linux setup header.</summary>
[Flags]
internal enum LinuxLoadFlags : ushort
{
    /// <summary>XLF_KERNEL_64: there is a 64-bit entry at 0x200.</summary>
    Kernel64 = 1 << 0,
}
