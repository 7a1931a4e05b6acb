using System;

namespace Lamina.Core;

/// <summary>The error status register (AMD APM vol. 2, 16.4.6; Intel SDM vol. 3, 11.5.3).</summary>
[Flags]
public enum ApicErrors : uint
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>An interprocessor interrupt of vector 0 to 15 was to be sent.</summary>
    SendIllegalVector = 1 << 5,
    /// <summary>An interrupt of vector 0 to 15 came in, or from the local vector table.</summary>
    ReceiveIllegalVector = 1 << 6,
    /// <summary>A register that does not exist was accessed.</summary>
    IllegalRegister = 1 << 7,
}
