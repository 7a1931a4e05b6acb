using System;

namespace Lamina.Core;

/// <summary>EFER, MSR 0xC000_0080 (AMD APM vol. 2, 3.1.7; Intel SDM vol. 3, 2.2.1, which has SCE, LME, LMA and NXE alone).</summary>
[Flags]
public enum Efer : ulong
{
    /// <summary>SCE: SYSCALL and SYSRET.</summary>
    SystemCallExtensions = 1 << 0,
    /// <summary>LME: long mode is enabled.</summary>
    LongModeEnable = 1 << 8,
    /// <summary>LMA: long mode is active.</summary>
    LongModeActive = 1 << 10,
    /// <summary>NXE: no-execute pages.</summary>
    NoExecuteEnable = 1 << 11,
    /// <summary>SVME: SVM instructions. Guests never see it set.</summary>
    SecureVirtualMachineEnable = 1 << 12,
    /// <summary>LMSLE.</summary>
    LongModeSegmentLimitEnable = 1 << 13,
    /// <summary>FFXSR.</summary>
    FastFxsaveRestore = 1 << 14,
    /// <summary>TCE.</summary>
    TranslationCacheExtension = 1 << 15,
}
