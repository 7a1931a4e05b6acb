using System;

namespace Lamina.Core;

/// <summary>CR0 (AMD APM vol. 2, 3.1.1; Intel SDM vol. 3, 2.5).</summary>
[Flags]
public enum Cr0 : ulong
{
    /// <summary>PE: protected mode.</summary>
    ProtectionEnable = 1 << 0,
    /// <summary>MP.</summary>
    MonitorCoprocessor = 1 << 1,
    /// <summary>EM.</summary>
    Emulation = 1 << 2,
    /// <summary>TS.</summary>
    TaskSwitched = 1 << 3,
    /// <summary>ET, always one.</summary>
    ExtensionType = 1 << 4,
    /// <summary>NE.</summary>
    NumericError = 1 << 5,
    /// <summary>WP: supervisor writes respect read-only pages.</summary>
    WriteProtect = 1 << 16,
    /// <summary>AM.</summary>
    AlignmentMask = 1 << 18,
    /// <summary>NW.</summary>
    NotWriteThrough = 1 << 29,
    /// <summary>CD.</summary>
    CacheDisable = 1 << 30,
    /// <summary>PG: paging.</summary>
    Paging = 1UL << 31,
}
