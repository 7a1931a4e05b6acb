using System;

namespace Lamina.Core;

/// <summary>Leaf 0x4000_0003, EAX: which synthetic MSRs a guest may use (TLFS 6.0b, 2.4.4).</summary>
[Flags]
internal enum HyperVPrivileges : uint
{
    ReferenceCounter = 1 << 1,
    HypercallMsrs = 1 << 5,
    VpIndex = 1 << 6,
    ReferenceTsc = 1 << 9,
    FrequencyMsrs = 1 << 11,

    Provided = ReferenceCounter | HypercallMsrs | VpIndex | ReferenceTsc | FrequencyMsrs,
}
