using System;

namespace Lamina.Core;

/// <summary>Instructions that a backend may have to keep from guests though the CPU has them: CPUID then must not show them.</summary>
[Flags]
public enum WithheldInstructions
{
    /// <summary>None: what the CPU has is there in a guest too.</summary>
    None = 0,
    /// <summary>RDTSCP and RDPID (VT-x without "enable RDTSCP": Intel SDM vol. 3, table 25-7).</summary>
    Rdtscp = 1 << 0,
    /// <summary>INVPCID (VT-x without "enable INVPCID").</summary>
    Invpcid = 1 << 1,
}
