using System;

namespace Lamina.Svm;

/// <summary>Intercepts, vector 5 (AMD APM vol. 2, table B-1, offset 014h). CPUs that lack the instructions ignore the bits.</summary>
[Flags]
public enum NewerIntercepts : uint
{
    /// <summary>INVLPGB.</summary>
    InvalidatePageBroadcast = 1 << 0,
    /// <summary>MCOMMIT.</summary>
    Mcommit = 1 << 3,
    /// <summary>TLBSYNC.</summary>
    TlbSync = 1 << 4,
}
