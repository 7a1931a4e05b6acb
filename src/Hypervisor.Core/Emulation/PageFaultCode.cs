using System;

namespace Lamina.Core;

/// <summary>The error code of #PF (AMD APM vol. 2, 8.4.2; Intel SDM vol. 3, 4.7).</summary>
[Flags]
public enum PageFaultCode : uint
{
    /// <summary>Supervisor, read, page not present.</summary>
    None = 0,
    /// <summary>P: the page was there, but not for this access.</summary>
    Present = 1 << 0,
    /// <summary>R/W: a write.</summary>
    Write = 1 << 1,
    /// <summary>U/S: at CPL 3.</summary>
    User = 1 << 2,
    /// <summary>RSV: a reserved bit was set in an entry.</summary>
    Reserved = 1 << 3,
    /// <summary>I/D: an instruction fetch, where the CPU tells them apart.</summary>
    InstructionFetch = 1 << 4,
}
